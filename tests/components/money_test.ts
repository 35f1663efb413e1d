import { expect } from "expect";
import fc from "fast-check";
import { exactUsd, formatSpend, formatUsd } from "@/components/money.ts";

Deno.test("formatUsd() keeps the digits that matter", () => {
  const cases: Record<string, string> = {
    "0": "$0.00",
    "0.000": "$0.00",
    "1284.2": "$1,284.20",
    "1234567.894": "$1,234,567.89",
    "0.42": "$0.42",
    "0.4217": "$0.422",
    "0.4": "$0.40",
    "0.0312": "$0.0312",
    "0.00317": "$0.00317",
    "0.000001": "$0.000001",
    "0.000000000001": "$0.000000000001",
    "0.9996": "$1.00",
    "0.996": "$0.996",
    "999.995": "$1,000.00",
    "12": "$12.00",
  };
  for (const [usd, text] of Object.entries(cases)) {
    expect([usd, formatUsd(usd)]).toEqual([usd, text]);
  }
});

Deno.test("exactUsd() loses no digit of amounts that a float cannot hold", () => {
  expect(exactUsd("9007199254740993.000000000001")).toBe("$9,007,199,254,740,993.000000000001");
  expect(exactUsd("0.100000000000")).toBe("$0.10");
});

Deno.test("exactUsd() gives back the amount it was given", () => {
  const digits = fc.stringMatching(/^\d{1,12}$/);
  fc.assert(fc.property(digits, digits, (whole, fraction) => {
    const shown = exactUsd(`${whole}.${fraction}`).replaceAll(/[$,]/g, "");
    const [shownWhole = "", shownFraction = ""] = shown.split(".");
    expect(BigInt(shownWhole)).toBe(BigInt(whole));
    expect(shownFraction.padEnd(12, "0")).toBe(fraction.padEnd(12, "0"));
  }));
});

Deno.test("formatUsd() never shows a cost above zero as zero", () => {
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: 10n ** 14n }), (units) => {
    const text = units.toString().padStart(13, "0");
    const shown = formatUsd(`${text.slice(0, -12)}.${text.slice(-12)}`);
    expect(shown).toMatch(/[1-9]/);
  }));
});

Deno.test("formatUsd() refuses what is not an amount", () => {
  for (const usd of ["", "-1", "1e3", "$1", "1.", "NaN"]) {
    expect(() => formatUsd(usd)).toThrow(TypeError);
  }
});

Deno.test("formatSpend() names the calls that a sum leaves out", () => {
  expect(formatSpend("412.8", 0, 90)).toEqual({ text: "$412.80", suffix: "", title: "$412.80" });
  expect(formatSpend("412.8", 37, 90)).toMatchObject({ text: "$412.80", suffix: "+ 37 unpriced" });
  expect(formatSpend("0", 37, 37)).toMatchObject({ text: "no price", suffix: "" });
  // Three of them failed and cost nothing: the others are not free for that.
  expect(formatSpend("0", 37, 40)).toMatchObject({ text: "no price", suffix: "" });
});
