/**
 * Words that a question may exchange for one another without asking something else. Written by hand,
 * from general knowledge of English; a pair of them still counts for less than the same word, and how
 * much less is learnt.
 *
 * @module
 */
import { stem } from "./stem.ts";

const groups = `
buy purchase get; begin start commence; earn make; lose reduce shed burn; increase improve boost raise grow enhance; decrease reduce lower;
learn study; fix repair solve resolve; film movie; phone mobile smartphone cellphone handset; job career work employment; fast quick rapid;
quickly fast rapidly; easy simple; easily simply; good best great better; big large; huge big; biggest largest greatest; small little tiny; smart intelligent clever;
intelligence smartness; rich wealthy; kid child; girl woman female lady; boy guy man male; handsome goodlooking; beautiful pretty; happen occur;
stop quit avoid prevent; remove delete erase; select choose pick; create make build develop; create generate; need require; require need want; help assist; show display;
find locate get; search find; join enter; use utilize; employ hire; company firm business organization; startup company; car vehicle automobile; house home; picture photo image;
song music; doctor physician; teacher professor; college university institute school; student pupil; exam test examination; question query;
answer respond reply; error mistake fault; problem issue trouble; advantage benefit pro; disadvantage drawback con; effect impact consequence influence; affect impact influence;
cause reason; reason cause; difference distinction; different differ; similar alike; meaning mean definition; purpose use aim; important significant; importance significance;
famous popular wellknown; popular famous; dangerous harmful unsafe; safe secure; correct right proper; wrong incorrect; true real; actual real; fake false;
true correct; strange weird odd; weird strange; funny hilarious; sad unhappy depressed; happy glad; angry mad; afraid scared; fear phobia; love adore; like love; hate dislike;
alone lonely; marry wed; marriage wedding; wife spouse husband; husband spouse; parent mother father; weapon gun; war conflict; kill murder; die death; dead die; live reside;
alive live; country nation; town city; place location spot; worldwide world; world earth globe; universe cosmos; government state; election vote; elect vote;
president leader; win victory; law rule legislation; rule law; money cash; cash money; currency note; price cost; cost price expense; cheap inexpensive affordable; expensive costly;
salary pay wage income; loan credit; invest put; bank account; trip travel tour journey; travel visit; visit see; vacation holiday; food meal; diet food; fat weight; slim thin lean;
thin skinny; tall height; height tall; hair beard; acne pimple; belly stomach tummy; illness disease sickness; disease illness; cure treat heal; treatment cure remedy therapy;
remedy cure; medicine drug; exercise workout; sleep rest; wake getup; website site webpage; web internet; internet online; online internet; hack crack; password passcode;
software program application; program code; code program; programming coding; coder programmer developer; developer programmer; laptop computer notebook; computer pc;
pc computer; message text; text message sms; call phone; delete deactivate; account profile; recover retrieve restore; restore recover; download get; install setup;
language tongue; speak talk; talk speak chat; speech talk; english language; fluent fluently; word term; term word; book novel; novel book; author writer; read study;
think believe; believe think; opinion view thought; view opinion; thought opinion; know understand; understand know comprehend; idea thought; remember memorize recall; forget forgetting;
focus concentrate; concentrate focus; goal aim target; ability skill; skill ability; motivate inspire; motivation inspiration; overcome beat defeat; beat defeat; handle deal manage;
deal cope handle; crack clear pass; clear crack; prepare preparation; preparation prepare; guide tutorial; beginner newbie novice; expert professional; become be; look seem appear;
kind type sort; type kind; way method approach technique; method way; tip advice suggestion trick; advice tip suggestion; step way; example instance; fact truth; story tale;
people person human everyone; human people person man; person people someone; one someone person; someone somebody one; people everyone; user people; everybody everyone; citizen people; guy men; american america; indian india;
china chinese; russia russian; pakistan pakistani; muslim islam islamic; jew jewish; christian christianity; hindu hinduism; currently now today; now currently; today nowadays; nowadays today;
possible can; able can; really actually truly; actually really; often frequently; ever ever; forever permanently; permanently forever; completely totally entirely fully; hot warm;
cold cool; near close; end finish; finish complete; complete finish; last final; first initial; new latest recent; latest new; old ancient; future coming; upcoming future;
send mail; gift present; present gift; sex intercourse; date relationship; girlfriend gf; boyfriend bf; friend friendship; break crack; cheat betray; dream nightmare;
product item; brand company; sell market; market sell; advertise market promote; customer client; client customer; team club; player athlete; game sport; watch see view;
see watch; theory hypothesis; prove proof; proof evidence prove; evidence proof; exist existence; existence exist; calculate compute find determine; compute calculate; determine calculate find; convert change transform turn;
change convert modify; switch change; transform change; define definition; describe explain; explain describe; explanation reason; compare comparison;
`;

function read(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (a: string, b: string) => {
    const known = found.get(a) ?? new Set<string>();
    found.set(a, known.add(b));
  };
  for (const group of groups.split(";")) {
    const [first, ...others] = group.trim().split(/\s+/).map(stem);
    if (!first) continue;
    for (const other of others) {
      if (other === first) continue;
      add(first, other);
      add(other, first);
    }
  }
  return found;
}

const synonyms = read();

/** Whether two stems may stand for one another. */
export function areSynonyms(a: string, b: string): boolean {
  return synonyms.get(a)?.has(b) ?? false;
}
