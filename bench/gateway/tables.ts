/**
 * The gateway's figures as tables, with their ratios.
 *
 * @module
 */
import type { BenchTable } from "../table.ts";
import type { Round, Scenario } from "./measure.ts";

/** Rounds by target and scenario. */
export type Measured = Map<string, Map<string, readonly Round[]>>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

type Figure = (round: Round) => number;

function roundsOf(measured: Measured, target: string, scenario: Scenario): readonly Round[] {
  return measured.get(target)?.get(scenario.name) ?? [];
}

/** The ratio of each round to the same round of another target: moods of the machine cancel out. */
function ratios(
  measured: Measured,
  target: string,
  other: string,
  scenario: Scenario,
  figure: Figure,
): number[] {
  const others = roundsOf(measured, other, scenario);
  return roundsOf(measured, target, scenario).flatMap((round, i) => {
    const beside = others[i];
    return beside ? [figure(round) / figure(beside)] : [];
  });
}

export function throughputTable(
  measured: Measured,
  all: readonly Scenario[],
  notes: readonly string[],
): BenchTable {
  const closed = all.filter((scenario) => scenario.perSecond === undefined);
  const peer = measured.has("Portkey") ? "Portkey" : null;
  const other = peer ?? "direct";
  const cell = (target: string, scenario: Scenario) => {
    const figure = median(roundsOf(measured, target, scenario).map((round) => round.perSecond));
    const shown = Math.round(figure).toLocaleString("en");
    if (target === other) return shown;
    const beside = ratios(measured, target, other, scenario, (round) => round.perSecond);
    const [low, high] = [Math.min(...beside), Math.max(...beside)];
    const range = beside.length > 1 ? `, ${low.toFixed(1)}-${high.toFixed(1)}` : "";
    return `${shown} (${median(beside).toFixed(peer ? 1 : 2)}×${range})`;
  };
  return {
    title: "Gateway: calls per second",
    columns: ["target", ...closed.map((scenario) => scenario.name)],
    rows: [...measured.keys()].map((
      target,
    ) => [target, ...closed.map((scenario) => cell(target, scenario))]),
    notes: [...notes, `In brackets: ratio to ${other} in the same round, median and range.`],
  };
}

export function addedTable(measured: Measured, all: readonly Scenario[]): BenchTable {
  const shown = all.filter((scenario) =>
    scenario.perSecond !== undefined || scenario.connections === 1
  );
  const added = (target: string, scenario: Scenario, figure: Figure) => {
    const direct = roundsOf(measured, "direct", scenario);
    return median(
      roundsOf(measured, target, scenario).flatMap((round, i) => {
        const beside = direct[i];
        return beside ? [figure(round) - figure(beside)] : [];
      }),
    ).toFixed(2);
  };
  const rows = [...measured.keys()].filter((target) => target !== "direct").map((target) => [
    target,
    ...shown.map((scenario) =>
      [
        added(target, scenario, (round) => round.p50),
        added(target, scenario, (round) => round.p99),
        added(target, scenario, (round) => round.firstByteP50),
      ].join(" / ")
    ),
  ]);
  return {
    title: "Gateway: added latency, ms",
    columns: ["target", ...shown.map((scenario) => scenario.name)],
    rows,
    notes: [
      "p50 / p99 of the whole answer / p50 to the first byte, each less the direct call's in the same round.",
      "500/s is an open loop: latency counts from when a request was due, so a gateway that falls behind shows it.",
    ],
  };
}

export function cpuTable(measured: Measured, all: readonly Scenario[]): BenchTable {
  const shown = all.filter((scenario) => scenario.connections === 16);
  return {
    title: "Gateway: CPU time for each call, µs",
    columns: ["target", ...shown.map((scenario) => scenario.name)],
    rows: [...measured.keys()].map((target) => [
      target,
      ...shown.map((scenario) =>
        median(roundsOf(measured, target, scenario).map((round) => round.cpuMicros)).toFixed(0)
      ),
    ]),
    notes: [
      "User and system time of the gateway's process, from /proc. For WatchLLM the web process: reading usage, pricing and committing included, the consumers and ClickHouse not.",
    ],
  };
}

export interface ProcessFigures {
  readonly readySeconds: number;
  readonly idleMb: number;
  readonly readings: readonly { readonly calls: number; readonly mb: number }[];
}

export function processTable({ readySeconds, idleMb, readings }: ProcessFigures): BenchTable {
  return {
    title: "Process",
    columns: ["measure", "figure", "goal"],
    rows: [
      ["`task start` ready with warm caches, s", readySeconds.toFixed(1), "10"],
      ["memory of the web process when it is ready, MB", idleMb.toFixed(0), ""],
      ...readings.map(({ calls, mb }) => [
        `after the rounds above and ${calls.toLocaleString("en")} further calls, MB`,
        mb.toFixed(0),
        "250",
      ]),
    ],
    notes: ["Resident memory; the further calls come from 16 connections without a pause."],
  };
}
