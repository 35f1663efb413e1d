/**
 * `deno task eval:semantic`: how often the semantic cache's embedded matcher is right, and how much it
 * finds, on any file of question pairs.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { coefficients } from "@/core/cache/semantic/matcher/coefficients.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { fileScores, serverScores } from "./model_scores.ts";
import { honestHalf, pairsOf, type QuestionPair, readHalf, readUsablePairs } from "./pairs.ts";
import { draw } from "./picture.ts";
import { numberOf, orRefuse, Refusal, refusing } from "./refusal.ts";
import { asText, type NamedCurve, type OtherScores, reportOn } from "./report.ts";
import { scorePairs } from "./scored.ts";
import { simulateProjects } from "./simulate.ts";

const help = `How right the semantic cache's embedded matcher is on a file of question pairs.

Usage: deno task eval:semantic --pairs FILE [options]

  --pairs FILE       one {"text_a": text, "text_b": text, "label": 0 or 1} a line, plain or gzipped
  --half WHICH       all, learn or report. Without it: report for the file that the coefficients were
                     learnt from (by its SHA-256), all for every other file
  --json             the report as JSON: operatingPoint, curves, guards, falseHits
  --svg FILE         writes the curves as a picture
  --threshold N      another operating point than the shipped one
  --embeddings URL   also scores with a server that speaks /v1/embeddings (URL up to and with /v1)
  --model NAME       the model to name to that server
  --key-file FILE    file that holds its key
  --onnx FILE        also scores with a sentence model on disk, named by --model in the report
  --vocabulary FILE  its tokenizer.json or vocab.txt, when it does not stand beside it
  --simulate         instead: whether projects of 20,000 calls from the pairs stay inside their error
                     target, a fixed threshold beside them; see --simulate --help
  --help

Exit code 0 when precision is at least 0.95 at a recall of at least 0.06, 1 when not, 2 on bad usage.
`;

const options = {
  pairs: { type: "string" },
  half: { type: "string" },
  json: { type: "boolean" },
  svg: { type: "string" },
  threshold: { type: "string" },
  embeddings: { type: "string" },
  model: { type: "string" },
  onnx: { type: "string" },
  vocabulary: { type: "string" },
  "key-file": { type: "string" },
  help: { type: "boolean" },
} as const;

interface Out {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Resolves to the exit code. */
export function evaluate(args: readonly string[], out: Out): Promise<number> {
  return refusing(out.complain, async () => {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) {
      out.say(help);
      return 0;
    }
    return await evaluateFile(values, out);
  });
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

async function evaluateFile(values: Values, out: Out): Promise<number> {
  const wanted = values.half === undefined ? null : readHalf(values.half);
  if (values.half !== undefined && !wanted) {
    throw new Refusal("--half must be all, learn or report.");
  }
  if (values.embeddings && !values.model) throw new Refusal("--embeddings needs --model NAME.");
  const threshold = values.threshold === undefined
    ? coefficients.threshold
    : numberOf("threshold", values.threshold, { least: 0, most: 1 });
  const file = await readUsablePairs(values.pairs);
  const half = wanted ?? honestHalf(file, coefficients.learntFrom);
  const pairs = pairsOf(file, half);
  const others = await otherScores(pairs, values);
  const report = reportOn(scorePairs(pairs, createMatcher()), threshold, others);
  const { svg } = values;
  if (svg) {
    const picture = draw(report.curves, report.operatingPoint);
    await orRefuse("--svg", () => Deno.writeTextFile(svg, picture));
  }
  out.say(
    values.json
      ? JSON.stringify({
        file: values.pairs,
        half,
        ...report,
        curves: report.curves.map(thinned),
        guards: report.guards.map((guard) => ({ ...guard, ...thinned(guard) })),
      })
      : asText(half === "all" ? "All pairs" : `The half to ${half}`, report),
  );
  const { precision, recall } = report.operatingPoint;
  return precision >= 0.95 && recall >= 0.06 ? 0 : 1;
}

async function otherScores(
  pairs: readonly QuestionPair[],
  { embeddings, model, onnx, vocabulary, "key-file": keyFile }: Values,
): Promise<OtherScores[]> {
  const scores: OtherScores[] = [];
  if (embeddings) {
    scores.push(await serverScores(pairs, { url: embeddings, model: model ?? "", keyFile }));
  }
  if (onnx) {
    const file = { model: onnx, vocabulary: vocabulary ?? null };
    scores.push(await fileScores(pairs, file, model ?? "sentence model"));
  }
  return scores;
}

/** At most a few hundred points of a curve, the first hundred all of them. */
function thinned<T extends Pick<NamedCurve, "curve">>(named: T): T {
  const { curve } = named;
  const step = Math.max(1, Math.ceil(curve.length / 400));
  return { ...named, curve: curve.filter((_, at) => at < 100 || at % step === 0) };
}

if (import.meta.main) {
  const { log: say, error: complain } = console;
  const args = Deno.args.filter((arg) => arg !== "--simulate");
  Deno.exit(
    args.length < Deno.args.length
      ? await simulateProjects(args, { say, complain })
      : await evaluate(args, { say, complain }),
  );
}
