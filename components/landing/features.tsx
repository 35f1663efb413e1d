/**
 * What one does with it all day, each beside a picture of the page for it.
 *
 * @module
 */
import { ThemedPicture } from "./themed_picture.tsx";

interface Feature {
  readonly title: string;
  readonly text: string;
  readonly points: readonly string[];
  readonly picture: string;
  readonly height: number;
  readonly alt: string;
}

const features: readonly Feature[] = [
  {
    title: "Find the call",
    text:
      "Filter millions of calls as text, and read one as the conversation that it was, with the arithmetic of its price.",
    points: [
      "Full text in prompts and answers, views to keep, a live tail, export",
      "Every attempt, the cache's decision and the time of each step",
      "Send it again with another model, through the same gateway",
    ],
    picture: "call",
    height: 1082,
    alt: "A call: its cost line by line from tokens and prices, its timeline, and its messages.",
  },
  {
    title: "Follow the agent",
    text:
      "Steps, tool calls and calls of a trace as a tree beside its time, whoever recorded them: SDKs, OpenTelemetry, the gateway.",
    points: [
      "Cost and tokens of each subtree, the critical path, errors where they began",
      "Sessions as conversations, users with what they spend",
      "TypeScript and Python SDKs that lose nothing while the server is away",
    ],
    picture: "trace",
    height: 786,
    alt:
      "A trace: a tree of steps, tool calls and model calls beside bars that show when each ran.",
  },
  {
    title: "Pay for an answer once",
    text:
      "Equal requests are answered from the cache, streams too, and concurrent ones share one call. A miss names what differed.",
    points: [
      "The semantic cache proves itself in shadow before it serves",
      "What breaks hits, ranked by what it costs",
      "Budgets and limits by key, user and property that hold under load",
    ],
    picture: "cache",
    height: 1082,
    alt: "The cache's page: hit rate by kind over time, and which part of requests breaks hits.",
  },
];

export function Features() {
  return (
    <section class="site-width section" aria-labelledby="features-title">
      <h2 id="features-title">What you do with it</h2>
      <div class="features">
        {features.map(({ title, text, points, picture, height, alt }) => (
          <article key={title} class="feature">
            <div>
              <h3>{title}</h3>
              <p class="muted">{text}</p>
              <ul>{points.map((point) => <li key={point}>{point}</li>)}</ul>
            </div>
            <ThemedPicture name={picture} width={1572} height={height} alt={alt} />
          </article>
        ))}
      </div>
    </section>
  );
}
