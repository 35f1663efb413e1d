/**
 * Stage: which provider and model a call is for, by its path, by the model in its body, or by a header
 * that names the provider's address.
 *
 * @module
 */
import { cacheControlsIn } from "../cache/body_options.ts";
import { AppError } from "../error.ts";
import type { Call, Stage } from "./call.ts";
import type { CredentialSources } from "./credentials.ts";
import { fields, parseJson } from "../json.ts";
import { removeMember } from "./json_edit.ts";
import { formFields } from "./form_fields.ts";
import { formats } from "./formats/table.ts";
import { prepare } from "./prepare.ts";
import { bedrockModel } from "./providers/bedrock.ts";
import type { Provider } from "./providers/provider.ts";
import type { Declared, Prepare, Routing } from "./routing/routing.ts";

const decoder = new TextDecoder();

export function choose(sources: CredentialSources, routing: Routing | null = null): Stage {
  /** The request of an attempt, and the model's name in records. */
  const make: Prepare = (view, aim) => {
    const target = prepare(view, aim, sources);
    return { target, model: modelName({ ...view, target }, aim.provider, aim.model) };
  };

  function straight(call: Call, provider: Provider, model: string): null {
    call.target = prepare(call, { provider, model }, sources);
    call.model = modelName(call, provider, model);
    return null;
  }

  return function chooseTarget(call) {
    const { route } = call;
    call.json = parsedBody(call);
    takeCacheControls(call);
    const facts = formats[route.operation.format].request(call.json);
    call.stream = facts.stream || route.operation.stream;
    call.bodyUser = facts.user;
    call.askedModel = facts.model || (route.operation.model ?? "");

    const { provider, model } = chosen(call);
    call.provider = call.credentialsFor = provider;
    call.model = model;
    const declared = routing?.declared(call) ?? null;
    if (declared === null) return straight(call, provider, model);
    const begin = (route: Declared | null) => {
      if (!route) return straight(call, provider, model);
      routing?.begin(call, route, make);
      return null;
    };
    return declared instanceof Promise ? declared.then(begin) : begin(declared);
  };
}

/** What the body says to our cache is no business of the provider's. */
function takeCacheControls(call: Call): void {
  const controls = cacheControlsIn(call.json);
  if (!controls) return;
  (call.headers.cache ??= []).push(...controls);
  const { cache: _, ...rest } = fields(call.json);
  call.json = rest;
  call.body = removeMember(call.body, "cache");
}

function parsedBody({ body, headers, route }: Call): unknown {
  if (body.length === 0) return undefined;
  const form = formFields(body, headers.contentType);
  if (form) return form;
  const isJson = headers.contentType?.includes("json") ?? false;
  if (!isJson && route.operation.format === "opaque") return undefined;
  return parseJson(decoder.decode(body));
}

function chosen(call: Call): { readonly provider: Provider; readonly model: string } {
  const { route, askedModel, providers } = call;
  const addressed = providerAtHeader(call);
  if (addressed) {
    const itself = route.modelChooses || addressed === route.provider ||
      addressed.name === route.providerName;
    if (!itself) throw new AppError("target_unknown", headerDetails(call));
    return { provider: addressed, model: askedModel };
  }
  const named = route.modelChooses ? splitModel(call) : null;
  if (named) return named;
  const provider = route.provider ?? providers.named(route.providerName);
  if (!provider) throw new AppError("provider_unknown", { provider: route.providerName });
  return { provider, model: askedModel };
}

/** `provider/model` with a provider that we know; a model's own name may hold slashes as well. */
function splitModel({ askedModel, route, providers }: Call) {
  const slash = askedModel.indexOf("/");
  if (slash <= 0) return null;
  const provider = providers.named(askedModel.slice(0, slash));
  if (!provider) return null;
  // Messages are translated for those who do not speak the format; what counts their tokens is not.
  const spoken = route.dialect !== "anthropic" || provider.anthropicBase;
  if (!spoken && route.operation.format !== "anthropic") return null;
  return { provider, model: askedModel.slice(slash + 1) };
}

/** The provider that a peer's header names by its address; null when there is no such header. */
function providerAtHeader(call: Call): Provider | null {
  const { address } = call.headers;
  if (!address) return null;
  const provider = call.providers.at(address.value);
  if (provider) return provider;
  throw new AppError("target_unknown", headerDetails(call));
}

function headerDetails({ headers }: Call) {
  return { header: headers.address?.name ?? "" };
}

/** The model's name in records: what the project, or its key, says that a deployment is. */
function modelName({ providers, target }: Call, provider: Provider, model: string): string {
  const told = providers.modelName(provider, model);
  if (told !== model) return told;
  const credential = target?.key?.credential;
  if (credential?.kind === "azure" && Object.hasOwn(credential.deployments, model)) {
    return credential.deployments[model] ?? model;
  }
  return provider.name === "bedrock" ? bedrockModel(model) : model;
}
