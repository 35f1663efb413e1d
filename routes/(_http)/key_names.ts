/**
 * What the keys of a page's project are called.
 *
 * @module
 */
import type { Context } from "fresh";
import { readKeyNames } from "@/components/data/read_key_names.ts";
import type { KeyNames } from "@/components/key_names.ts";
import { ownApi } from "./own_api.ts";
import type { State } from "./state.ts";

export function keyNamesOf(ctx: Context<State>, project: string): Promise<KeyNames> {
  const { projects } = ownApi(ctx).v1;
  const param = { id: project };
  return readKeyNames({
    keys: () => projects[":id"].keys.$get({ param }),
    providerKeys: () => projects[":id"]["provider-keys"].$get({ param }),
  }, ctx.req.signal);
}
