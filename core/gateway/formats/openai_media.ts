/**
 * OpenAI's images and audio: generations and edits, transcriptions, translations and speech, as JSON and
 * as streams of typed events whose last one tells the usage. Sounds and pictures themselves pass unread.
 *
 * @module
 */
import { emptyBuckets, unknownUsage, type Usage } from "../../event/usage.ts";
import { readError } from "./error.ts";
import { type AnswerFacts, type Format, noFacts, rest, usageOf } from "./format.ts";
import { count, countOrNull, fields, object, text } from "../../json.ts";

export const openaiImages: Format = media("openai-images", readImageUsage, [
  "image_generation.completed",
  "image_edit.completed",
]);

export const openaiAudio: Format = media("openai-audio", readAudioUsage, [
  "transcript.text.done",
  "speech.audio.done",
]);

/** Tokens of pictures: text and picture in, picture out. Null when there are no counts. */
function readImageUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage || countOrNull(usage.input_tokens) === null) return null;
  const input = fields(usage.input_tokens_details);
  const buckets = emptyBuckets();
  buckets.input_image = count(input.image_tokens);
  buckets.cache_read = count(input.cached_tokens);
  const plain = rest(count(usage.input_tokens), buckets.input_image, buckets.cache_read);
  buckets.input = plain.value;
  buckets.output = count(usage.output_tokens);
  const read = usageOf(buckets, countOrNull(usage.total_tokens));
  return { ...read, consistent: read.consistent && plain.ok };
}

/** Tokens of sound, or its seconds where a model counts those. Null when there is neither. */
function readAudioUsage(value: unknown): Usage | null {
  const usage = object(value);
  if (!usage) return null;
  if (usage.type === "duration" && typeof usage.seconds === "number" && usage.seconds >= 0) {
    return { ...usageOf(emptyBuckets(), null), audio_seconds: usage.seconds };
  }
  if (countOrNull(usage.input_tokens) === null) return null;
  const input = fields(usage.input_token_details ?? usage.input_tokens_details);
  const output = fields(usage.output_token_details ?? usage.output_tokens_details);
  const buckets = emptyBuckets();
  buckets.input_audio = count(input.audio_tokens);
  const plain = rest(count(usage.input_tokens), buckets.input_audio);
  buckets.input = plain.value;
  buckets.output_audio = count(output.audio_tokens);
  const written = rest(count(usage.output_tokens), buckets.output_audio);
  buckets.output = written.value;
  const read = usageOf(buckets, countOrNull(usage.total_tokens));
  return { ...read, consistent: read.consistent && plain.ok && written.ok };
}

function media(
  name: "openai-images" | "openai-audio",
  readUsage: (value: unknown) => Usage | null,
  lastTypes: readonly string[],
): Format {
  return {
    name,
    request(body) {
      const { model, stream, stream_format, user } = fields(body);
      return {
        model: text(model) ?? "",
        // A form has words where JSON has values.
        stream: stream === true || stream === "true" || stream_format === "sse",
        user: text(user),
      };
    },
    requestText(body) {
      const { prompt, input } = fields(body);
      return text(prompt) ?? text(input) ?? "";
    },
    answer(keepText) {
      let facts: AnswerFacts = noFacts(unknownUsage());
      return {
        add(value) {
          const body = fields(value);
          const complete = facts.complete || lastTypes.includes(text(body.type) ?? "");
          facts = {
            ...facts,
            usage: readUsage(body.usage) ?? facts.usage,
            text: keepText ? text(body.text) ?? facts.text : "",
            error: facts.error ?? readError(value),
            complete,
          };
        },
        facts: () => facts,
      };
    },
    lastLines: lastTypes.flatMap((type) => [`event: ${type}`, `data: {"type":"${type}"`]),
  };
}
