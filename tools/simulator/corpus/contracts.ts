/**
 * A long contract and the questions people ask about it: the prompt whose beginning repeats.
 *
 * @module
 */
import type { Conversation } from "./conversation.ts";

const clauses: readonly (readonly [string, string])[] = [
  [
    "Subject",
    "The Supplier maintains the Customer's lifts at the sites of Annex A, so that each is available for at least 98.5 percent of the hours between 06:00 and 22:00, measured by calendar month. Planned maintenance counts as available when it was announced five working days ahead and lasts no longer than four hours.",
  ],
  [
    "Term",
    "The agreement begins on 1 March 2026 and runs for 36 months. It continues for further periods of 12 months unless one party gives notice in writing three months before the end of the period. Notice by electronic mail is sufficient when receipt is confirmed within two working days.",
  ],
  [
    "Fees",
    "The Customer pays a fixed fee of 412 euros for each lift and month, due on the third working day. Parts with a unit price below 250 euros are included. The fee follows the index of labour costs in mechanical engineering once a year, at most by 4 percent; a larger change needs the consent of both parties.",
  ],
  [
    "Response times",
    "A technician begins work within 45 minutes when persons are trapped, within four hours when a lift stands still, and on the next working day otherwise. The time begins with the call to the service number or with the automatic report of the lift, whichever is earlier.",
  ],
  [
    "Service credits",
    "For each full percentage point by which availability falls short in a month, the Customer is credited 5 percent of that month's fee for the lift concerned, at most 25 percent. Credits are the sole remedy for low availability, except where the shortfall exceeds ten points in two months of a quarter.",
  ],
  [
    "Liability",
    "Each party is liable without limit for injury to life, body and health and for intent. In all other cases liability is limited to twice the yearly fee and excludes loss of profit. The Supplier keeps insurance of at least five million euros for each event and shows proof of it every January.",
  ],
  [
    "Data",
    "Reports of the lifts contain no personal data. Recordings of emergency calls are kept for 30 days on servers in the European Union and are then deleted, unless an authority has asked in writing that they be kept. The Supplier names its subcontractors in Annex C and announces changes 30 days ahead.",
  ],
  [
    "Termination for cause",
    "Either party may end the agreement at once when the other is insolvent, breaches a material duty and does not cure it within 20 days of a written request, or loses a permit that the work requires. Fees paid ahead for the time after the end are returned within 14 days.",
  ],
  [
    "Hand-over",
    "On the agreement's end the Supplier hands over the logs, the keys, the access codes and the maintenance history of the last five years in a common electronic format, within ten working days and without charge. Until then it answers the new supplier's technical questions for up to eight hours.",
  ],
  [
    "Disputes",
    "The parties first try to settle a dispute between their managing directors within 15 working days, then by mediation in Hamburg. Only after that may a court be called on; German law applies. Urgent measures by a court remain possible at any time.",
  ],
];

/** The contract with its clauses three times over, as main agreement and two annexes repeat them. */
export const contract = ["Agreement", "Annex A", "Annex B"].map((part) =>
  clauses.map(([title, text], i) => `${part}, section ${i + 1}: ${title}\n${text}`).join("\n\n")
).join("\n\n");

export const contracts: readonly Conversation[] = [
  {
    language: "en",
    turns: [
      {
        user:
          "By when do we have to give notice if we do not want the agreement to continue, and in which form?",
        assistant:
          "Notice must be given in writing three months before the current period ends (section 2). The first period ends 36 months after 1 March 2026, so notice has to arrive by 30 November 2028; afterwards the periods are 12 months. Electronic mail is enough, but only when its receipt is confirmed within two working days, so ask for the confirmation.",
      },
      {
        user: "What do we get if a lift was available for only 95 percent of a month?",
        assistant:
          "The promised availability is 98.5 percent, so the shortfall is 3.5 points, of which three are full. You are credited 5 percent for each, 15 percent of that month's fee for this lift: 61.80 euros on a fee of 412 euros (section 5). Check first whether announced maintenance of up to four hours was counted as downtime, since it counts as available.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user: "Is the supplier's liability limited if a delayed repair costs us rent?",
        assistant:
          "Yes. Lost rent is a loss of profit, which section 6 excludes outside intent and injury. Other damage is limited to twice the yearly fee. The service credits of section 5 are the sole remedy for low availability unless the shortfall exceeds ten points in two months of a quarter.",
      },
    ],
  },
  {
    language: "de",
    turns: [
      {
        user: "Um wie viel darf die Gebühr pro Jahr steigen, und wann wird sie fällig?",
        assistant:
          "Die feste Gebühr von 412 Euro je Aufzug und Monat ist am dritten Werktag fällig (Abschnitt 3). Sie folgt einmal im Jahr dem Index der Arbeitskosten im Maschinenbau, höchstens um 4 Prozent. Eine stärkere Anpassung braucht die Zustimmung beider Parteien.",
      },
    ],
  },
];
