/** The store of the property tests is a store as the log knows it. */
import { mapKv } from "../fixtures/map_kv.ts";
import { kvContract } from "../log/kv_contract.ts";

kvContract("in a map", () => {
  const kv = mapKv();
  return Promise.resolve({ handles: { write: kv, read: kv }, close: () => Promise.resolve() });
});
