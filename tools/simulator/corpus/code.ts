/**
 * Developers and a reviewing assistant.
 *
 * @module
 */
import type { Conversation } from "./conversation.ts";

export const reviewGuide =
  `You review pull requests of a TypeScript service. Name the file and line for each finding, say what
goes wrong and for which input, and propose the smallest change. Separate what must change before the
merge from what is taste. Praise nothing that is merely correct. If the change is fine, say so in one
sentence and stop.`;

export const code: readonly Conversation[] = [
  {
    language: "en",
    turns: [
      {
        user:
          "Please review:\n```ts\nexport async function loadAll(ids: string[]) {\n  const out = [];\n  for (const id of ids) out.push(await load(id));\n  return out;\n}\n```",
        assistant:
          "One finding before the merge.\n\n**Sequential awaits (line 3).** Each `load` waits for the one before it, so 50 ids take 50 round trips. If `load` has no shared limit, `Promise.all(ids.map(load))` is enough; if the backend is rate limited, use a small pool of 8.\n\nTaste only: `out` has an implicit `any[]` type, so annotate the return value.",
      },
      {
        user: "What happens to the others if one of them rejects with Promise.all?",
        assistant:
          "`Promise.all` rejects with the first error, but the other calls keep running and their results are dropped. Nothing cancels them. If you need the partial results use `Promise.allSettled` and look at each `status`; if you need to stop the work, pass one `AbortSignal` to every `load` and abort it in a `catch`.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user:
          "Why does this query get slow when the orders table grows? SELECT * FROM orders WHERE date(created_at) = '2026-03-02' ORDER BY id DESC LIMIT 20;",
        assistant:
          "The function on the column hides it from the index: the database has to compute `date(created_at)` for every row before it can compare. Write it as a range instead, `created_at >= '2026-03-02' AND created_at < '2026-03-03'`, and add an index on `(created_at, id)`. Selecting only the columns you show lets the index answer more of the query on its own.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user: "Write a function that merges overlapping intervals, with a short explanation.",
        assistant:
          "```ts\nexport function merge(intervals: [number, number][]): [number, number][] {\n  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);\n  const merged: [number, number][] = [];\n  for (const [start, end] of sorted) {\n    const last = merged.at(-1);\n    if (last && start <= last[1]) last[1] = Math.max(last[1], end);\n    else merged.push([start, end]);\n  }\n  return merged;\n}\n```\n\nSorting by start means that an interval can only overlap the last one that was kept, so one pass is enough. The sort dominates: O(n log n) time, O(n) space.",
      },
      {
        user: "And if the input is already sorted and arrives as a stream?",
        assistant:
          "Then you can drop the sort and hold a single open interval: extend it while the next one starts before it ends, otherwise emit it and start a new one. Memory becomes constant. Make it an async generator so that the consumer sets the pace, and remember to emit the last open interval when the stream ends.",
      },
    ],
  },
  {
    language: "de",
    turns: [
      {
        user:
          "Warum bekomme ich in Deno 'BadResource: Bad resource ID' nach dem Schließen der Datei?",
        assistant:
          "Der Fehler sagt, dass nach `close()` noch jemand auf die Datei zugreift, meist ein Stream, der von ihr liest. `file.readable` schließt die Datei selbst, wenn der Stream zu Ende ist; ein zusätzliches `file.close()` trifft dann eine schon freigegebene Nummer. Entfernen Sie den zweiten Aufruf oder lesen Sie ohne Stream mit `file.read()`.",
      },
    ],
  },
  {
    language: "zh",
    turns: [
      {
        user: "请解释一下数据库事务的隔离级别,以及什么时候需要可串行化。",
        assistant:
          "隔离级别决定并发事务能看到彼此的哪些中间结果。读已提交只保证不读到未提交的数据;可重复读保证同一事务内多次读取一致;可串行化保证结果等同于某种顺序执行。当一条规则涉及多行数据时,例如“至少有一名医生值班”,只有可串行化(或显式加锁)才能避免写偏斜。代价是更多的重试,因此要让事务尽量短。",
      },
    ],
  },
];
