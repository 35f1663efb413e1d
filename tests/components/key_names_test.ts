/** Names of keys: shown for ids, and understood where filters are typed. */
import { expect } from "expect";
import { keyNames, withKeyIds, withKeyNames } from "@/components/key_names.ts";

const id = (n: number) => `pk_${String(n).padStart(26, "0")}`;
const names = keyNames(
  [{ key_id: "AbCdEf123456", environment: "live" }],
  [
    { key_id: id(1), provider: "openai", name: "Search", last_four: "7fQ2" },
    { key_id: id(2), provider: "openai", name: "", last_four: "1aB2" },
    { key_id: id(3), provider: "anthropic", name: "Shared", last_four: "3333" },
    { key_id: id(4), provider: "openai", name: "Shared", last_four: "4444" },
  ],
);

Deno.test("a key is called by its name, one of several with its last digits", () => {
  expect(names.provider_key_id).toEqual({
    [id(1)]: "Search",
    [id(2)]: "OpenAI …1aB2",
    [id(3)]: "Shared …3333",
    [id(4)]: "Shared …4444",
  });
});

Deno.test("names and ids lead to the same filter, whatever their case", () => {
  const read = (fields: Record<string, string[]>) => withKeyIds(fields, names);
  expect(read({ provider_key_id: ["search"], key_id: ["wl_live_AbCdEf123456"], model: ["m"] }))
    .toEqual({
      fields: { provider_key_id: [id(1)], key_id: ["AbCdEf123456"], model: ["m"] },
      problems: [],
    });
  expect(read({ provider_key_id: [id(1)] }).fields).toEqual({ provider_key_id: [id(1)] });
  // One name of several keys means any of them.
  expect(read({ provider_key_id: ["Shared"] }).fields).toEqual({
    provider_key_id: [id(3), id(4)],
  });
  expect(read({ provider_key_id: ["Shared …4444"] }).fields).toEqual({
    provider_key_id: [id(4)],
  });
});

Deno.test("a key that is gone is still found by its id; what is no key is told", () => {
  const gone = { provider_key_id: [id(9)], key_id: ["Gone12345678"] };
  expect(withKeyIds(gone, names)).toEqual({ fields: gone, problems: [] });
  const wrong = withKeyIds({ provider_key_id: ["Serach"], key_id: ["live"] }, names);
  expect(wrong.problems.map(({ part }) => part)).toEqual(["Serach", "live"]);
  expect(withKeyIds({ provider_key_id: ["__proto__", "constructor"] }, names).problems)
    .toHaveLength(2);
});

Deno.test("text says names only where they lead back to the id", () => {
  const shown = withKeyNames({ provider_key_id: [id(1), id(3), id(9)], status: ["error"] }, names);
  expect(shown).toEqual({ provider_key_id: ["Search", "Shared …3333", id(9)], status: ["error"] });
  expect(withKeyIds(shown, names).fields).toEqual({
    provider_key_id: [id(1), id(3), id(9)],
    status: ["error"],
  });
});
