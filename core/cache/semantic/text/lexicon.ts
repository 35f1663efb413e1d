/**
 * Closed word classes of English. Open classes (which content words matter) are learnt, not listed.
 *
 * @module
 */

import { stem } from "./stem.ts";

const set = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Words that carry grammar and no topic. */
export const functionWords = set(`
a an the this that these those some any each every either such own same so than too very just also only even still ever
i me my mine myself we us our you your yours yourself he him his she her it its they them their one ones someone somebody anyone anybody everyone everybody
is are was were be been being am do does did done doing have has had having will would shall should can could may might must ought
and or but if then else because as until while of at by for with about against between into through during before after above below to from up down in out on off over under again further
what which who whom whose when where why how there here no not nor never none without
please kindly really actually exactly basically generally simply quite rather much many more most few less least lot lots
get got like want need let go going make way ways thing things etc per via within upon onto towards among
`);

/** Determiners, auxiliaries and the like, which may come and go without changing a question. */
export const lightWords = set(`
a an the some any this that these those is are was were be been being am do does did have has had of to in on for with and
i you we one my your our it its there really actually exactly ever just please so very also then as by at from about can could will would should
`);

export const negations = set(
  `not no never none nobody nothing neither nor without cannot hardly lack fail`,
);

/** Prepositions and conjunctions whose two sides are not interchangeable. */
export const directions = set(
  `to from than into over before after under above below by vs versus if without because against for on of`,
);

export const quantifiers = set(
  `all every each some any most many few several none both only more less least half first last next previous other another`,
);

/** Small words by what they do; how much a difference in each class matters is learnt. */
export const wordClasses = {
  articles: set("a an the"),
  demonstratives: set("this that these those"),
  amounts: set(
    `some any all every each many much more most few several lot lots less least half both only another other`,
  ),
  youAndI: set("i we you one my our your me us myself yourself"),
  thirdPersons: set("he she they it his her its their them him people"),
  anyPersons: set("someone somebody anyone anybody everyone everybody person"),
  can: set("can could may might"),
  should: set("should must ought shall"),
  will: set("will would"),
  do: set("do does did"),
  be: set("be is are was were been being am"),
  have: set("have has had"),
  places: set("in on at of"),
  sides: set(
    `to from for with by against between into through over under up down off out than without during before after above
below about towards via`,
  ),
  joins: set("and or but if then because as until while so that"),
  questionWords: set("what which who whom whose when where why how"),
  degrees: set(
    "really very just even only still ever actually exactly too also quite rather simply much basically",
  ),
  lightVerbs: set("get want like need let go going make way ways thing things got"),
} as const;

const opposed =
  `increase decrease;more less;most least;most less;more least;best worst;better worse;good bad;high low;higher lower;highest lowest;before after;
above below;over under;start stop;begin end;open close;enable disable;add remove;install uninstall;buy sell;import export;
gain lose;love hate;like dislike;win lose;male female;man woman;boy girl;husband wife;boyfriend girlfriend;brother sister;
father mother;mom dad;son daughter;wifi ethernet;north south;east west;left right;up down;in out;on off;old new;young old;
hot cold;big small;large small;tall short;long short;fast slow;rich poor;strong weak;safe unsafe;legal illegal;possible impossible;
positive negative;advantage disadvantage;benefit risk;pro con;true false;same different;send receive;upload download;borrow lend;
ask answer;teach learn;encrypt decrypt;encode decode;push pull;first last;minimum maximum;min max;always never;day night;
morning evening;summer winter;black white;past future;input output;public private;internal external;introvert extrovert;
democrat republican;conservative liberal;heaven hell;asia europe;war peace;asset liability;debit credit;alive dead;live die;
accept reject;allow forbid;allow ban;expensive cheap;easy difficult;easy hard;happy sad;gay straight;ac dc;smart dumb;increase reduce;
improve worsen;attract repel;arrive depart;hire fire;lend borrow;lock unlock;follow unfollow;block unblock;activate deactivate;connect disconnect;
vertical horizontal;thick thin;wide narrow;deep shallow;heavy light;wet dry;full empty;early late;ancient modern;rural urban;single married;
single double;single multiple;free paid;online offline;undergraduate graduate;senior junior;formal informal;active passive;direct indirect;major minor;front back;
from to;to out;into out;all some;most few;most some;both either;everyone anyone;everybody anybody;and or;few many;little much;create drop;create delete;read write;mount eject;mute unmute;rise fall;inhale exhale;buyer seller;
mean median;supervised unsupervised;inner outer;ascend descend;employer employee;adult child;baby adult;richest poorest;
current former;previous next;noon midnight;child expert;beginner expert;alpha beta;boil freeze;cause cure;cause treat;sum average;
avoid get;have lack;reich arm;erlaubt verboten;meilleur pire;richtig falsch;mejor peor`;

function readOpposites(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const pair of opposed.split(/[;\n]+/)) {
    const [a = "", b = ""] = pair.trim().split(" ").map(stem);
    found.set(a, (found.get(a) ?? new Set()).add(b));
    found.set(b, (found.get(b) ?? new Set()).add(a));
  }
  return found;
}

const opposites = readOpposites();

/** Whether two stems set opposite senses, such as *increase* and *decrease*. */
export function areOpposites(a: string, b: string): boolean {
  return opposites.get(a)?.has(b) ?? false;
}
