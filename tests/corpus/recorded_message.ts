/**
 * The message of a recorded stream as its provider would give it in one piece: what the stream itself
 * repeats whole at its end, where it does, else the deltas joined by hand. For the expectation alone:
 * on another plan than the product's readers, which it must not import.
 *
 * @module
 */

export interface RecordedMessage {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { id: string; name: string; arguments: unknown }[];
}

// deno-lint-ignore no-explicit-any -- recorded JSON of many providers, read once and for tests only
type Any = any;

/** @param values the stream's JSON values */
export function recordedMessage(values: readonly Any[]): RecordedMessage {
  const first = values[0] ?? {};
  if (values.some((one) => String(one.type).startsWith("response."))) return responses(values);
  if (values.some((one) => one.type === "message_start")) return anthropic(values);
  if (values.some((one) => one.contentBlockDelta || one.contentBlockStart)) return converse(values);
  if (values.some((one) => one.candidates)) return gemini(values);
  if (first.event_type) return interactions(values);
  if (first.type === "message-start") return cohere(values);
  if (first.type === "session.created") {
    return {
      text: values.filter((one) => one.type === "session.output_transcript.delta")
        .map((one) => one.delta).join(""),
      reasoning: "",
      calls: [],
    };
  }
  return chat(values);
}

/** The last event of an answer holds the answer that a request without `stream` would have got. */
function responses(values: readonly Any[]): RecordedMessage {
  // A recording may hold several answers, one after the other.
  const whole = values.filter((one) => one.response?.output?.length > 0)
    .filter((one) => !/created|progress/.test(one.type));
  const output: Any[] = whole.length > 0
    ? whole.flatMap((one) => one.response.output)
    : values.filter((one) => one.type === "response.output_item.done").map((one) => one.item);
  const parts = (type: string) =>
    output.filter((item) => item.type === type).flatMap((item) => item.content ?? []);
  return {
    text: parts("message").map((part) => part.text ?? "").join(""),
    reasoning: output.filter((item) => item.type === "reasoning")
      .flatMap((item) => [...item.summary ?? [], ...item.content ?? []])
      .map((part) => part.text).join(""),
    calls: output.filter((item) => /^(function|custom_tool)_call$/.test(item.type))
      .map((item) => called(item.call_id, item.name, item.arguments ?? item.input)),
  };
}

function anthropic(values: readonly Any[]): RecordedMessage {
  const deltas = values.map((one) => one.delta ?? {});
  const calls: { id: string; name: string; json: string; input: Any }[] = [];
  let open: Any = null;
  for (const one of values) {
    if (one.type === "message_start") {
      for (const block of one.message.content ?? []) {
        if (block.type === "tool_use") calls.push({ ...block, json: "" });
      }
    }
    if (one.type === "content_block_start") {
      open = one.content_block.type === "tool_use" ? { ...one.content_block, json: "" } : null;
      if (open) calls.push(open);
    }
    if (open && one.delta?.type === "input_json_delta") open.json += one.delta.partial_json;
  }
  return {
    text: values.map((one) => one.content_block?.text ?? one.delta?.text ?? "").join(""),
    reasoning: deltas.map((delta) => delta.thinking ?? "").join(""),
    calls: calls.map(({ id, name, json, input }) => called(id, name, json || input)),
  };
}

function converse(values: readonly Any[]): RecordedMessage {
  const calls: Any[] = [];
  for (const one of values) {
    const started = one.contentBlockStart?.start?.toolUse;
    if (started) calls.push({ ...started, json: "" });
    const input = one.contentBlockDelta?.delta?.toolUse?.input;
    if (input) calls.at(-1).json += input;
  }
  return {
    text: values.map((one) => one.contentBlockDelta?.delta?.text ?? "").join(""),
    reasoning: values.map((one) => one.contentBlockDelta?.delta?.reasoningContent?.text ?? "")
      .join(""),
    calls: calls.map(({ toolUseId, name, json }) => called(toolUseId, name, json)),
  };
}

function gemini(values: readonly Any[]): RecordedMessage {
  const parts: Any[] = values.flatMap((one) => one.candidates?.[0]?.content?.parts ?? []);
  const calls: Any[] = [];
  for (const { functionCall } of parts) {
    if (!functionCall) continue;
    if (functionCall.name) calls.push({ ...functionCall, args: functionCall.args ?? {} });
    for (const { jsonPath, ...value } of functionCall.partialArgs ?? []) {
      // `$.a[0].b` as the code it resembles.
      const names = jsonPath.slice(2).split(/[.[\]]+/).filter(Boolean);
      let node = calls.at(-1).args;
      names.slice(0, -1).forEach((name: string, i: number) => {
        node = node[name] ??= /^\d+$/.test(names[i + 1]) ? [] : {};
      });
      const last = names.at(-1);
      node[last] = "stringValue" in value
        ? (node[last] ?? "") + value.stringValue
        : value.numberValue ?? value.boolValue ?? null;
    }
  }
  const joined = (thought: boolean) =>
    parts.filter((part) => Boolean(part.thought) === thought).map((part) => part.text ?? "")
      .join("");
  return {
    text: joined(false),
    reasoning: joined(true),
    calls: calls.map(({ id, name, args }) => called(id ?? "", name, args)),
  };
}

function interactions(values: readonly Any[]): RecordedMessage {
  const steps: Any[] = values.filter((one) => one.event_type === "step.start").map((one) =>
    one.step
  );
  return {
    text: values.filter((one) => one.delta?.type === "text").map((one) => one.delta.text).join(""),
    reasoning: "",
    calls: steps.filter((step) => step.type === "function_call").map(({ id, name }) =>
      called(
        id,
        name,
        values.filter((one) => one.delta?.type === "arguments_delta")
          .map((one) => one.delta.arguments).join(""),
      )
    ),
  };
}

function cohere(values: readonly Any[]): RecordedMessage {
  const messages = values.map((one) => one.delta?.message ?? {});
  const calls: Any[] = [];
  for (const { tool_calls: call } of messages) {
    if (call?.id) calls.push({ id: call.id, name: call.function.name, json: "" });
    if (call?.function) calls.at(-1).json += call.function.arguments ?? "";
  }
  return {
    text: messages.map((message) => message.content?.text ?? "").join(""),
    reasoning: messages.map((message) => message.content?.thinking ?? message.tool_plan ?? "")
      .join(""),
    calls: calls.map(({ id, name, json }) => called(id, name, json)),
  };
}

function chat(values: readonly Any[]): RecordedMessage {
  const deltas: Any[] = values.map((one) => one.choices?.[0]?.delta ?? {});
  const calls: Any[] = [];
  for (const call of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    if (call.id) calls.push({ id: call.id, name: call.function.name, json: "" });
    calls.at(-1).json += call.function.arguments ?? "";
  }
  const list = (content: Any, of: (part: Any) => string) =>
    Array.isArray(content) ? content.map(of).join("") : "";
  return {
    text: deltas.map(({ content }) =>
      typeof content === "string" ? content : list(content, (part) => part.text ?? "")
    ).join(""),
    reasoning: deltas.map(({ reasoning_content, reasoning, content }) =>
      reasoning_content ?? reasoning ??
        list(content, (part) => (part.thinking ?? []).map((piece: Any) => piece.text).join(""))
    ).join(""),
    calls: calls.map(({ id, name, json }) => called(id, name, json)),
  };
}

function called(id: string, name: string, args: unknown) {
  return { id, name, arguments: parsed(args) };
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return value === "" ? {} : JSON.parse(value);
  } catch {
    return value;
  }
}
