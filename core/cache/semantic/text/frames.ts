/**
 * What kind of answer a question asks for, and which of its words only say so. *How do I X*, *What is
 * the best way to X* and *How can one X* ask for the same; *Why X* and *How X* do not.
 *
 * @module
 */

export type Frame =
  | "how_to"
  | "how"
  | "what_is"
  | "what"
  | "why"
  | "best"
  | "difference"
  | "opinion"
  | "feels"
  | "effect"
  | "who"
  | "when"
  | "where"
  | "which"
  | "how_much"
  | "how_many"
  | "how_long"
  | "can"
  | "should"
  | "is"
  | "do"
  | "would"
  | "benefit"
  | "examples"
  | "if"
  | "other";

export const frames: readonly Frame[] = [
  "how_to",
  "how",
  "what_is",
  "what",
  "why",
  "best",
  "difference",
  "opinion",
  "feels",
  "effect",
  "who",
  "when",
  "where",
  "which",
  "how_much",
  "how_many",
  "how_long",
  "can",
  "should",
  "is",
  "do",
  "would",
  "benefit",
  "examples",
  "if",
  "other",
];

const who = "(?:i|we|you|one|someone|somebody|people|a person|anyone|anybody|a beginner|they)";
const can = "(?:can|could|do|does|should|would|shall|may|might|will|must|did)";
const article = "(?:(?:the|a|an|some|any|your|few|most) )*";
const goodness =
  "(?:(?:very|most|absolute|best|good|great|better|easiest|easy|simplest|simple|fastest|fast|quickest|quick|effective|efficient|possible|proper|right|correct|different|various|other|useful|ideal|cheapest|common|popular|top|main|ways) )*";
const is = "(?:is|are|was|were|be|would be|will be|could be|can be)";
const wayWord =
  "(?:way|ways|method|methods|approach|approaches|trick|tricks|procedure|process|strategy|strategies|technique|techniques|steps|step|tip|tips|solution|means)";

/** In order: the first that matches decides, and what it matched is no part of the question's body. */
const rules: readonly (readonly [Frame, RegExp])[] = ([
  [
    "how_to",
    `(?:what|which) ${is} ${article}${goodness}${wayWord} (?:to|of|for|in which ${who} ${can}|that ${who} ${can}|${who} ${can}|by which ${who} ${can}|on how to|on)(?: ${who} to)?`,
  ],
  [
    "how_to",
    `(?:is there|are there) ${article}${goodness}${wayWord} (?:to|of|for|${who} ${can}|that ${who} ${can}|in which ${who} ${can}|how to|how ${who} ${can})`,
  ],
  ["difference", `(?:is|are) there (?:any |a |some )?(?:difference|differences) (?:between|of|in)`],
  ["how_to", `in (?:what|which) ways? ${can} ${who}`],
  [
    "how_to",
    `what (?:should|can|must|could|do|shall|would|will) ${who} (?:do|have to do|need to do|need) (?:to|in order to|for)`,
  ],
  ["how_to", `how (?:is|was|would) it possible (?:for ${who} )?to`],
  [
    "how_to",
    `how (?:can|do|could|should|would|shall|may|might|will|must|did) (?:i|we|you|one|someone|somebody|people|a person|anyone|anybody) (?:go about |get to |be able to |manage to |learn to |start )?`,
  ],
  ["how_to", `(?:how|ways|way|tips|steps) to`],
  ["how_to", `(?:what|which) ${is} ${article}${goodness}(?:things|thing) to do to`],
  [
    "why",
    `(?:what|which) ${is} ${article}(?:(?:main|real|possible|exact|actual|major|biggest|true|logical|scientific) )*(?:reason|reasons|cause|causes|explanation|logic|rationale) (?:why|that|for|behind|of|because)`,
  ],
  ["why", `how come`],
  ["why", `what (?:causes|makes|caused|made)`],
  ["why", `for what reasons?`],
  [
    "why",
    `why (?:exactly )?(?:do|does|did|is|are|was|were|can|could|should|would|will|has|have|had|am)?(?: it that)?`,
  ],
  [
    "difference",
    `(?:what|which) ${is} ${article}(?:(?:main|major|basic|key|exact|actual|real|fundamental|biggest) )*(?:difference|differences|distinction) (?:between|of|in)`,
  ],
  ["difference", `how (?:do|does|is|are|was|were) (?=.*(?:differ|different) )`],
  ["difference", `differences? between`],
  [
    "opinion",
    `what (?:do|does|did|would|will) (?:you|we|people|everyone|anyone|others) (?:really |actually )?(?:think|feel) (?:about|of|on|regarding)`,
  ],
  ["opinion", `how do (?:you|people) (?:really )?feel (?:about|of)`],
  [
    "opinion",
    `what ${is} (?:your|the) (?:opinion|opinions|view|views|thoughts|thought|take|review|reviews|idea|stand|stance|feedback|perspective)s? (?:about|of|on|regarding|for)`,
  ],
  [
    "feels",
    `what (?:is|was|would|does|did|will) (?:it |)(?:be |feel |is )*like (?:to be|to|being|for|in|at)?`,
  ],
  ["feels", `what (?:does|did|do|would) (?:it )?feels? like (?:to be|to|being)?`],
  ["feels", `how (?:does|did|do|would|is) it feels? (?:like )?(?:to be|to|being|when|living)?`],
  ["feels", `what is (?:the )?(?:feeling|experience) (?:of|like)?`],
  [
    "effect",
    `(?:what|which) ${is} ${article}(?:(?:possible|likely|main|positive|negative|long term|side) )*(?:effect|effects|impact|impacts|consequence|consequences|influence|implications) of`,
  ],
  [
    "effect",
    `what (?:will|would|could|can) be ${article}(?:(?:possible|likely|main|positive|negative|side) )*(?:effect|effects|impact|impacts|consequence|consequences|implications) of`,
  ],
  [
    "effect",
    `how (?:will|would|does|do|did|has|have|can|is) (?=.* (?:affect|impact|influence|effect) )`,
  ],
  [
    "benefit",
    `(?:what|which) ${is} ${article}(?:(?:main|real|possible|major|health) )*(?:advantage|advantages|benefit|benefits|pros|merits|use|uses|importance|purpose|point) (?:of|for|in|to)`,
  ],
  [
    "how_much",
    `how much (?:money |does it cost |would it cost |do |does |is |are |can |will |should |time )?`,
  ],
  ["how_many", `how many`],
  ["how_long", `how long (?:does it take |would it take |do |does |will |can |should |is )?`],
  [
    "how",
    `how (?:old|tall|big|far|often|good|bad|hard|difficult|easy|safe|true|accurate|important|likely|effective|useful|fast|deep|close|common)`,
  ],
  [
    "best",
    `(?:what|which|who) (?:is|are|was|were|would be|will be|have been|has been) ${article}(?:(?:all time|very) )?(?:best|good|top|greatest|top \\d+|most useful|must (?:read|watch|see))`,
  ],
  ["best", `which (?=(?:\\w+ ){1,4}(?:is|are) (?:the )?(?:best|better) )`],
  [
    "examples",
    `(?:what|which) are (?:some |a few |few |the )*(?:examples? of|good |great |interesting |)(?=)`,
  ],
  ["what_is", `what (?:do|does|did) (?:it |you |people |they )?(?:mean|means) (?:by|when|to|if)?`],
  [
    "what_is",
    `what (?:is|are) ${article}(?:exact |real |actual |true )?(?:meaning|definition|concept) of`,
  ],
  ["what_is", `what (?:is|are|was|were) (?:exactly |actually )?meant by`],
  ["what_is", `what (?:exactly |actually )?(?:is|are|was|were) ${article}`],
  ["what", `what (?:do|does|did|can|could|should|would|will|has|have|had)?`],
  ["who", `(?:who|whom|whose)(?: (?:is|are|was|were|will|would|do|does|did))?`],
  [
    "when",
    `(?:when|what time|on what date|since when)(?: (?:is|are|was|were|will|would|do|does|did|can|should))?`,
  ],
  [
    "where",
    `(?:where|from where|at which place)(?: (?:is|are|was|were|will|would|do|does|did|can|could|should)(?: ${who})?)?`,
  ],
  ["which", `which(?: (?:is|are|one|of))*`],
  ["how", `how (?:do|does|did|is|are|was|were|can|could|should|would|will|has|have|had)?`],
  ["should", `(?:should|shall|must|ought)(?: ${who})?`],
  [
    "should",
    `is it (?:a )?(?:good|worth|okay|ok|right|bad|better|safe|advisable|wise|worthwhile|wrong|worth it)(?: idea| thing)? (?:to|if|for)?`,
  ],
  ["can", `is it (?:really |actually |even )?possible (?:for ${who} )?(?:to|that|for)`],
  ["can", `(?:can|could|may|might)(?: ${who})?`],
  ["would", `(?:would|will)(?: it be)?`],
  ["is", `(?:is|are|was|were|am|has|have|had)(?: there| it| that)?(?: any| a| an| the)?`],
  ["do", `(?:do|does|did)(?: you| people)?`],
  ["if", `(?:if|what if|suppose|imagine)`],
] as const).map(([frame, source]) =>
  [frame, new RegExp(`^(?:${source})(?:(?<= )|(?= ))`)] as const
);

/** Openings that carry nothing. */
const politeness =
  /^(?:(?:hi|hello|hey|please|kindly|so|and|but|well|ok|actually|exactly|seriously|honestly|generally|basically|quora|according to you|in your opinion|in general|guys)\s+|(?:can|could|would|will) (?:you|anyone|someone|somebody|anybody) (?:please )?(?:tell me|explain|help me|suggest me|suggest|describe)(?: to me)? (?:about )?|(?:i want|i would like|i wanted|i need) to know (?:about )?|do you know |tell me (?:about )?|does (?:anyone|anybody|someone) know |i was wondering (?:if )?|please (?:tell me|explain) )+/;

export interface Framed {
  readonly frame: Frame;
  /** How many of the leading words the frame takes. */
  readonly taken: number;
}

const countWords = (text: string) => text.trim() === "" ? 0 : text.trim().split(" ").length;

/**
 * Reads the frame off a question's opened, lower-case words.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { frameOf } from "@/core/cache/semantic/text/frames.ts";
 *
 * expect(frameOf("what is the best way to learn go".split(" "))).toEqual({ frame: "how_to", taken: 6 });
 * expect(frameOf("how do i learn go".split(" "))).toEqual({ frame: "how_to", taken: 3 });
 * ```
 */
export function frameOf(words: readonly string[]): Framed {
  const text = words.join(" ");
  const polite = politeness.exec(text + " ")?.[0] ?? "";
  const rest = text.slice(polite.length) + " ";
  for (const [frame, pattern] of rules) {
    const match = pattern.exec(rest);
    if (match) return { frame, taken: countWords(polite) + countWords(match[0]) };
  }
  return { frame: "other", taken: countWords(polite) };
}
