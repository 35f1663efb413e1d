/**
 * What a translation leaves out: the complete list. Everything else is carried, or refused with an
 * error that names it. `docs/gateway.md` prints this table; a test keeps the two together.
 *
 * @module
 */
import type { Dialect } from "./request.ts";

export interface LeftOut {
  /** The fields, by the format that the client speaks; `[]` stands for any place in a list. */
  readonly fields: Partial<Readonly<Record<Dialect, readonly string[]>>>;
  /** The formats that have no place for it. */
  readonly to: readonly Dialect[];
  /** Why the answer is the same without it, or nearly. */
  readonly because: string;
}

const everybody: readonly Dialect[] = ["openai-chat", "anthropic", "gemini"];

export const leftOut = {
  seed: {
    fields: { "openai-chat": ["seed"], gemini: ["generationConfig.seed"] },
    to: ["anthropic"],
    because: "Anthropic samples without a seed; elsewhere it is best effort.",
  },
  user: {
    fields: {
      "openai-chat": ["user", "safety_identifier"],
      anthropic: ["metadata.user_id"],
    },
    to: ["gemini"],
    because: "Gemini takes no user. The event has it.",
  },
  cacheHint: {
    fields: {
      "openai-chat": [
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        "messages[].content[].prompt_cache_breakpoint",
        "messages[].cache_control",
        "messages[].content[].cache_control",
        "tools[].cache_control",
        "tools[].function.cache_control",
      ],
      anthropic: [
        "cache_control",
        "system[].cache_control",
        "messages[].content[].cache_control",
        "messages[].content[].content[].cache_control",
        "tools[].cache_control",
      ],
    },
    to: everybody,
    because:
      "A hint to the provider's prompt cache changes the price alone. `cache_control` of OpenAI's form goes on to Anthropic.",
  },
  serviceTier: {
    fields: { "openai-chat": ["service_tier"], anthropic: ["service_tier"] },
    to: everybody,
    because: "A tier of one provider says nothing to another.",
  },
  bookkeeping: {
    fields: {
      "openai-chat": ["store", "metadata", "prediction", "stream_options.include_obfuscation"],
      gemini: ["labels"],
    },
    to: everybody,
    because: "Kept, labelled, or made faster by its provider; the answer is the same.",
  },
  safetySettings: {
    fields: { gemini: ["safetySettings"] },
    to: ["openai-chat", "anthropic"],
    because: "Thresholds of Google's own filters.",
  },
  mediaDetail: {
    fields: {
      "openai-chat": ["messages[].content[].image_url.detail"],
      gemini: ["generationConfig.mediaResolution"],
    },
    to: everybody,
    because: "How closely an image is looked at is the provider's default.",
  },
  mediaName: {
    fields: {
      "openai-chat": ["messages[].content[].file.filename"],
      anthropic: ["messages[].content[].title", "messages[].content[].content[].title"],
    },
    to: ["gemini"],
    because: "Gemini takes files without a name.",
  },
  mediaType: {
    fields: {
      gemini: [
        "contents[].parts[].fileData.mimeType",
        "contents[].parts[].functionResponse.parts[].fileData.mimeType",
      ],
    },
    to: ["openai-chat", "anthropic"],
    because: "The type of what a URL names is told by its server.",
  },
  toolStrict: {
    fields: { "openai-chat": ["tools[].function.strict"], anthropic: ["tools[].strict"] },
    to: ["gemini"],
    because: "Gemini has no such switch; the parameters' schema is sent.",
  },
  validated: {
    fields: { gemini: ["toolConfig.functionCallingConfig.mode: VALIDATED"] },
    to: ["openai-chat", "anthropic"],
    because: "Sent as AUTO; the parameters' schema is sent.",
  },
  serverToolSwitch: {
    fields: { gemini: ["toolConfig.includeServerSideToolInvocations"] },
    to: ["openai-chat", "anthropic"],
    because: "Says nothing without Google's own tools, which are refused.",
  },
  toolResponseSchema: {
    fields: { gemini: ["tools[].functionDeclarations[].response"] },
    to: ["openai-chat", "anthropic"],
    because: "Describes the result, which the model sees itself.",
  },
  toolFailed: {
    fields: {
      anthropic: ["messages[].content[].is_error"],
      gemini: ["contents[].parts[].functionResponse.response.error"],
    },
    to: ["openai-chat"],
    because: "OpenAI has no mark for a tool that failed; the text of the failure is sent.",
  },
  toolOrder: {
    fields: { anthropic: ["messages[].content"], gemini: ["contents[].parts"] },
    to: ["openai-chat"],
    because: "Text between two tool calls of one turn stands before them.",
  },
  toolTexts: {
    fields: {
      "openai-chat": ["messages[].content"],
      anthropic: ["messages[].content[].content"],
    },
    to: ["gemini"],
    because: "Several texts of one tool's result become one, with a line break between them.",
  },
  schemaName: {
    fields: {
      "openai-chat": [
        "response_format.json_schema.name",
        "response_format.json_schema.description",
        "response_format.json_schema.strict",
      ],
    },
    to: ["anthropic", "gemini"],
    because: "The others take the schema alone, and always follow it.",
  },
  reasoningSent: {
    fields: {
      "openai-chat": [
        "messages[].reasoning_content",
        "messages[].reasoning",
        "messages[].reasoning_details",
        "messages[].content[].thinking",
      ],
      anthropic: [
        "messages[].content[].thinking",
        "messages[].content[].signature",
        "messages[].content[].data",
      ],
      gemini: ["contents[].parts[].thought", "contents[].parts[].thoughtSignature"],
    },
    to: everybody,
    because:
      "Reasoning of earlier turns is read by the maker of the model that wrote it. It is sent where the maker is the same.",
  },
  reasoningShown: {
    fields: {
      anthropic: ["thinking.display"],
      gemini: ["generationConfig.thinkingConfig.includeThoughts"],
    },
    to: ["openai-chat", "anthropic"],
    because: "Anthropic always shows its reasoning, OpenAI's chat API never does.",
  },
  reasoningMeasure: {
    fields: {
      "openai-chat": ["reasoning_effort", "reasoning"],
      anthropic: ["thinking.type", "thinking.budget_tokens", "output_config.effort"],
      gemini: [
        "generationConfig.thinkingConfig.thinkingBudget",
        "generationConfig.thinkingConfig.thinkingLevel",
      ],
    },
    to: everybody,
    because:
      "Providers and models measure reasoning differently: the nearest effort, level or budget is sent; the model's default stands for adaptive.",
  },
  reasoningInterrupted: {
    fields: {
      "openai-chat": ["reasoning_effort", "reasoning"],
      gemini: ["generationConfig.thinkingConfig"],
    },
    to: ["anthropic"],
    because:
      "With a budget, Anthropic goes on after a tool's result only if the reasoning before it is sent back. When it is not, the model answers without reasoning.",
  },
} as const satisfies Readonly<Record<string, LeftOut>>;

export type LeftOutName = keyof typeof leftOut;

/** The table as a list, for those who need not name an entry. */
export const leftOutTable: readonly (LeftOut & { readonly name: LeftOutName })[] = Object
  .entries(leftOut)
  // Object.entries forgets that the keys are the table's own.
  .map(([name, entry]) => ({ name: name as LeftOutName, ...entry }));

/** By format, field and target: which entry leaves an unread field out; null for none. */
export function entryFor(from: Dialect, field: string, to: Dialect): LeftOutName | null {
  const plain = field.replace(/\[\d+\]/g, "[]");
  const entry = leftOutTable.find(({ fields, to: targets }) =>
    targets.includes(to) && fields[from]?.includes(plain)
  );
  return entry?.name ?? null;
}
