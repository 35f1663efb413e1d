/**
 * `deno task eval:semantic`: how often the semantic cache's embedded matcher is right, and how much it
 * finds, on any file of question pairs.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { dot } from "@/core/cache/semantic/embed/embedder.ts";
import { httpEmbedder } from "@/core/cache/semantic/embed/http_embedder.ts";
import { coefficients } from "@/core/cache/semantic/matcher/coefficients.ts";
import { createMatcher } from "@/core/cache/semantic/matcher/matcher.ts";
import { honestHalf, pairsOf, type QuestionPair, readHalf, readPairs } from "./pairs.ts";
import { draw } from "./picture.ts";
import { asText, type NamedCurve, type OtherScores, reportOn } from "./report.ts";
import { scorePairs } from "./scored.ts";
import { simulateProjects } from "./simulate.ts";

const help = `How right the semantic cache's embedded matcher is on a file of question pairs.

Usage: deno task eval:semantic --pairs FILE [options]

  --pairs FILE       one {"text_a": text, "text_b": text, "label": 0 or 1} a line, plain or gzipped
  --half WHICH       all, learn or report. Without it: report for the file that the coefficients were
                     learnt from (by its SHA-256), all for every other file
  --json             the report as JSON: operatingPoint, curves, guards, falseHits
  --svg FILE         writes the curves as a picture
  --threshold N      another operating point than the shipped one
  --embeddings URL   also scores with a server that speaks /v1/embeddings (URL up to and with /v1)
  --model NAME       the model to name to that server
  --key-file FILE    file that holds its key
  --simulate         instead: whether projects of 20,000 calls from the pairs stay inside their error
                     target, a fixed threshold beside them; see --simulate --help
  --help

Exit code 0 when precision is at least 0.95 at a recall of at least 0.06, 1 when not, 2 on bad usage.
`;

const options = {
  pairs: { type: "string" },
  half: { type: "string" },
  json: { type: "boolean" },
  svg: { type: "string" },
  threshold: { type: "string" },
  embeddings: { type: "string" },
  model: { type: "string" },
  "key-file": { type: "string" },
  help: { type: "boolean" },
} as const;

interface Out {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Resolves to the exit code. */
export async function evaluate(args: readonly string[], out: Out): Promise<number> {
  const parsed = parse(args);
  if (typeof parsed === "string") {
    out.complain(parsed);
    return 2;
  }
  if (parsed.help) {
    out.say(help);
    return 0;
  }
  const file = await readPairs(parsed.pairs ?? "").catch((error: Error) => error);
  if (file instanceof Error) {
    out.complain(`Cannot read ${parsed.pairs}: ${file.message}`);
    return 2;
  }
  const half = readHalf(parsed.half ?? "") ?? honestHalf(file, coefficients.learntFrom);
  const pairs = pairsOf(file, half);
  const threshold = Number(parsed.threshold ?? coefficients.threshold);
  const others = parsed.embeddings
    ? [
      await otherScores(
        pairs,
        parsed.embeddings,
        parsed.model ?? "",
        await keyIn(parsed["key-file"]),
      ),
    ]
    : [];
  const report = reportOn(scorePairs(pairs, createMatcher()), threshold, others);
  if (parsed.svg) await Deno.writeTextFile(parsed.svg, draw(report.curves, report.operatingPoint));
  out.say(
    parsed.json
      ? JSON.stringify({ file: parsed.pairs, half, ...report, curves: report.curves.map(thinned) })
      : asText(half === "all" ? "All pairs" : `The half to ${half}`, report),
  );
  const { precision, recall } = report.operatingPoint;
  return precision >= 0.95 && recall >= 0.06 ? 0 : 1;
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return values;
    if (!values.pairs) return "Name the file with --pairs FILE (see --help).";
    if (values.half && !readHalf(values.half)) {
      return "--half must be all, learn or report.";
    }
    if (values.embeddings && !values.model) return "--embeddings needs --model NAME.";
    const threshold = Number(values.threshold ?? 0);
    if (!(threshold >= 0 && threshold <= 1)) return "--threshold must be a number from 0 to 1.";
    return values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function otherScores(
  pairs: readonly QuestionPair[],
  baseUrl: string,
  model: string,
  apiKey: string | undefined,
): Promise<OtherScores> {
  const embedder = httpEmbedder({
    baseUrl,
    model,
    fetch,
    timeoutMs: 120_000,
    ...(apiKey && { apiKey }),
  });
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const vectors = await embedder.embed(texts);
  const vectorOf = new Map(texts.map((text, at) => [text, vectors[at] ?? new Float32Array()]));
  const none = new Float32Array();
  return {
    name: model,
    scores: pairs.map(({ a, b }) => dot(vectorOf.get(a) ?? none, vectorOf.get(b) ?? none)),
  };
}

/** At most a few hundred points of a curve, the first hundred all of them. */
function thinned({ name, curve }: NamedCurve): NamedCurve {
  const step = Math.max(1, Math.ceil(curve.length / 400));
  return { name, curve: curve.filter((_, at) => at < 100 || at % step === 0) };
}

async function keyIn(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : (await Deno.readTextFile(path)).trim();
}

if (import.meta.main) {
  const { log: say, error: complain } = console;
  const args = Deno.args.filter((arg) => arg !== "--simulate");
  Deno.exit(
    args.length < Deno.args.length
      ? await simulateProjects(args, { say, progress: complain })
      : await evaluate(args, { say, complain }),
  );
}
