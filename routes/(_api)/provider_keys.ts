/**
 * The keys that a project keeps for its providers, for the dashboard.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import type { Provider } from "@/core/gateway/providers/provider.ts";
import { projectProviders } from "@/core/gateway/providers/project_providers.ts";
import type { Credential } from "@/core/vault/types.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import {
  credentialOf,
  keyChangeSchema,
  newKeySchema,
  providerKeySchema,
  shownKey,
  trialSchema,
} from "./provider_key_schema.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const path = "/v1/projects/{id}/provider-keys";
const projectPath = z.object({ id: z.string() });
const keyPath = projectPath.extend({ key_id: z.string() });
const tags = ["Provider keys"];
const security = [{ session: [] }];

export function providerKeyRoutes(deps: ApiDeps) {
  const { projects, sessions, vault, keyTrial, addressRules, providerSettings } = deps;
  const middleware = sessionAccess({ sessions });

  async function mustExist(project: string): Promise<void> {
    if (!await projects.get(project)) throw new AppError("project_not_found");
  }

  async function providerOf(project: string, name: string): Promise<Provider | null> {
    const settings = await providerSettings(project);
    return projectProviders(settings, addressRules).named(name) ?? null;
  }

  /** The provider, when a key of that kind opens it. */
  async function openable(
    project: string,
    name: string,
    kind: Credential["kind"],
  ): Promise<Provider> {
    const provider = await providerOf(project, name);
    if (!provider) {
      throw badRequest({
        field: "provider",
        expected: "must be a name that GET /v1/providers lists, or one that the project registered",
      });
    }
    if (provider.keyless) {
      throw badRequest({ field: "provider", expected: "must be a provider that is sent a key" });
    }
    const kinds = provider.credentials ?? ["api_key"];
    if (!kinds.includes(kind)) {
      throw badRequest({ field: "credential.kind", expected: `must be ${kinds.join(" or ")}` });
    }
    return provider;
  }

  const list = createRoute({
    method: "get",
    path,
    tags,
    summary: "A project's provider keys",
    security,
    middleware,
    request: { params: projectPath },
    responses: {
      200: jsonAnswer(
        z.object({ provider_keys: z.array(providerKeySchema) }),
        "By provider and priority, without secrets.",
      ),
      ...errorAnswers,
    },
  });

  const add = createRoute({
    method: "post",
    path,
    tags,
    summary: "Keep a provider key",
    security,
    middleware,
    request: {
      params: projectPath,
      body: { required: true, content: { "application/json": { schema: newKeySchema } } },
    },
    responses: {
      201: jsonAnswer(providerKeySchema, "Encrypted; every gateway uses it within 5 seconds."),
      ...errorAnswers,
    },
  });

  const change = createRoute({
    method: "patch",
    path: `${path}/{key_id}`,
    tags,
    summary: "Change a provider key",
    security,
    middleware,
    request: {
      params: keyPath,
      body: { required: true, content: { "application/json": { schema: keyChangeSchema } } },
    },
    responses: {
      200: jsonAnswer(providerKeySchema, "Every gateway uses it so within 5 seconds."),
      ...errorAnswers,
    },
  });

  const remove = createRoute({
    method: "delete",
    path: `${path}/{key_id}`,
    tags,
    summary: "Delete a provider key",
    security,
    middleware,
    request: { params: keyPath },
    responses: {
      204: { description: "Deleted; other processes notice within 5 seconds." },
      ...errorAnswers,
    },
  });

  const test = createRoute({
    method: "post",
    path: `${path}/{key_id}/test`,
    tags,
    summary: "Try a provider key at the provider, with a request that costs nothing",
    security,
    middleware,
    request: { params: keyPath },
    responses: { 200: jsonAnswer(trialSchema, "What came back."), ...errorAnswers },
  });

  return apiRouter()
    .openapi(list, async (c) => {
      const { id } = c.req.valid("param");
      await mustExist(id);
      return c.json({ provider_keys: (await vault.list(id)).map(shownKey) }, 200);
    })
    .openapi(add, async (c) => {
      const { id } = c.req.valid("param");
      const { provider, name, priority, credential } = c.req.valid("json");
      await mustExist(id);
      const known = await openable(id, provider, credential.kind);
      const added = await vault.add(id, {
        provider: known.name,
        label: name,
        priority,
        credential: credentialOf(credential, addressRules),
      });
      if (!added) throw new AppError("provider_key_limit");
      return c.json(shownKey(added), 201);
    })
    .openapi(change, async (c) => {
      const { id, key_id } = c.req.valid("param");
      const { name, credential, ...settings } = c.req.valid("json");
      await mustExist(id);
      const known = (await vault.list(id)).find((key) => key.key_id === key_id);
      if (!known) throw new AppError("key_not_found");
      if (credential) await openable(id, known.provider, credential.kind);
      const changed = await vault.change(id, key_id, {
        ...(settings.priority !== undefined && { priority: settings.priority }),
        ...(settings.enabled !== undefined && { enabled: settings.enabled }),
        ...(name !== undefined && { label: name }),
        ...(credential && { credential: credentialOf(credential, addressRules) }),
      });
      if (!changed) throw new AppError("key_not_found");
      return c.json(shownKey(changed), 200);
    })
    .openapi(remove, async (c) => {
      const { id, key_id } = c.req.valid("param");
      await mustExist(id);
      if (!await vault.remove(id, key_id)) throw new AppError("key_not_found");
      return c.body(null, 204);
    })
    .openapi(test, async (c) => {
      const { id, key_id } = c.req.valid("param");
      await mustExist(id);
      const opened = await vault.open(id, key_id);
      if (!opened) throw new AppError("key_not_found");
      const provider = await providerOf(id, opened.provider);
      if (!provider) throw new AppError("provider_unknown", { provider: opened.provider });
      return c.json({ key_id, ...await keyTrial.try(provider, opened.usable) }, 200);
    });
}
