/**
 * A light English stemmer: inflections only (plural, -ed, -ing), never derivations, because *invest*
 * and *investment* may be different questions while *invests* and *invest* are not.
 *
 * @module
 */

const irregular = new Map(
  `am be,is be,are be,was be,were be,been be,being be,has have,had have,having have,does do,did do,done do,
doing do,got get,gotten get,gets get,went go,gone go,goes go,made make,bought buy,thought think,brought bring,
taught teach,caught catch,knew know,known know,took take,taken take,gave give,given give,came come,became become,
saw see,seen see,said say,told tell,felt feel,kept keep,left leave,lost lose,meant mean,met meet,paid pay,ran run,
running run,sent send,sold sell,spent spend,stood stand,understood understand,won win,wrote write,written write,
wore wear,worn wear,spoke speak,spoken speak,chose choose,chosen choose,began begin,begun begin,drove drive,
driven drive,ate eat,eaten eat,fell fall,fallen fall,flew fly,flown fly,forgot forget,forgotten forget,grew grow,
grown grow,held hold,led lead,broke break,broken break,built build,children child,men man,women woman,people person,
persons person,feet foot,teeth tooth,mice mouse,wives wife,lives life,knives knife,better better,worse bad,
worst worst,dying die,dies die,died die,lying lie,using use,used use,dating date,writing write,making make,
taking take,coming come,having have,giving give,driving drive,leaving leave,losing lose,loosing lose,moving move,
living live,hidden hide,found find,slept sleep,heard hear,read read,cut cut,analyses analysis,data data,media media,
news news,series series,species species,physics physics,mathematics math,maths math,economics economics,politics politics,
business business,process process,class class,this this,his his,its its,us us,thing thing,something something,
anything anything,nothing nothing,everything everything,king king,ring ring,bring bring,string string,spring spring,
morning morning,evening evening,during during,wedding wedding,beijing beijing,need need,speed speed,feed feed,
seed seed,red red,bed bed,gas gas,bus bus,plus plus,always always,yes yes,perhaps perhaps,less less,unless unless,
does do,windows windows,ios ios,aws aws,css css,js js,vs versus,sas sas,gps gps,sms sms,dos dos,has have,https https,dns dns,tls tls,rss rss,cors cors,nfs nfs`
    .split(/,\s*/).map((pair) => {
      const [from = "", to = ""] = pair.trim().split(" ");
      return [from, to] as const;
    }),
);

const vowel = /[aeiouy]/;

/** Removes doubling left by -ing and -ed (`stopp`) but not that of the word itself (`sell`, `pass`). */
function undouble(base: string): string {
  return /([bdgmnprt])\1$/.test(base) && base.length > 3 ? base.slice(0, -1) : base;
}

function withoutPlural(word: string): string {
  if (word.endsWith("ies") && word.length > 4) return word.slice(0, -3) + "y";
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/[^suii]s$/.test(word) && word.length > 3) return word.slice(0, -1);
  return word;
}

function withoutTense(word: string): string {
  if (word.endsWith("ying") && word.length > 5) return word.slice(0, -3);
  if (word.endsWith("ing") && word.length > 5 && vowel.test(word.slice(0, -3))) {
    return undouble(word.slice(0, -3));
  }
  if (word.endsWith("ied") && word.length > 4) return word.slice(0, -3) + "y";
  if (word.endsWith("ed") && word.length > 4 && vowel.test(word.slice(0, -2))) {
    return undouble(word.slice(0, -2));
  }
  return word;
}

const stemmed = new Map<string, string>();

/**
 * The form of an English word that all its inflections share. Not always a word: a final *e* is dropped,
 * so that *hoping* and *hope* meet.
 *
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { stem } from "@/core/cache/semantic/text/stem.ts";
 *
 * expect(stem("batteries")).toBe(stem("battery"));
 * expect(stem("stopped")).toBe(stem("stop"));
 * expect(stem("invest")).not.toBe(stem("investment"));
 * ```
 */
export function stem(word: string): string {
  const known = stemmed.get(word);
  if (known !== undefined) return known;
  const base = irregular.get(word) ?? withoutTense(withoutPlural(word));
  const result = base.length > 3 && base.endsWith("e") ? base.slice(0, -1) : base;
  if (stemmed.size > 20_000) stemmed.clear();
  stemmed.set(word, result);
  return result;
}
