/**
 * Why a call was no hit, as people say it.
 *
 * @module
 */
const words: Readonly<Record<string, string>> = {
  absent: "Nothing was stored for this request",
  expired: "The stored answer had run out",
  damaged: "The stored answer was damaged and was not given",
  refresh: "The request asked for a new answer",
  verifying: "The provider was asked to check a similar answer",
  off: "The cache is off in this project",
  off_by_request: "The request turned the cache off",
  not_cacheable: "A request of this kind is never cached",
  temperature: "The temperature is not 0",
  live_tools: "Its tools look things up that change",
  stateful: "It means something else later",
  stream_form: "The stored answer cannot be given in this form",
  store_slow: "The store took too long",
  store_failed: "The store failed",
};

export function reasonWords(reason: string): string {
  return words[reason] ?? reason;
}

/** What can be done about it, if anything. */
export function reasonRemedy(reason: string): "temperature" | "enable" | null {
  if (reason === "temperature") return "temperature";
  return reason === "off" ? "enable" : null;
}

/** Fields that are the question itself: without them other questions would be given this answer. */
const question =
  /^(?:messages|contents|input|prompt|system|instructions|model|tools|query|documents|systemInstruction)\b/;

export function isPartOfQuestion(path: string): boolean {
  return question.test(path);
}
