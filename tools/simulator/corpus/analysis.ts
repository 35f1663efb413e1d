/**
 * Analysts who ask about their numbers, and people who want notes of a meeting.
 *
 * @module
 */
import type { Conversation } from "./conversation.ts";

export const analystGuide =
  `You answer questions about a shop's figures. Query the warehouse with the tool, look at what came
back, and only then conclude. State the period and the filter with every number. When two readings of a
question are possible, answer the likelier one and name the other.`;

export const analysis: readonly Conversation[] = [
  {
    language: "en",
    turns: [
      {
        user:
          "How did revenue by category develop in the last quarter compared with the one before?",
        assistant:
          "Revenue rose by 6.4 percent over the previous quarter, from 1.92 to 2.04 million euros (completed orders, returns taken off). Tents carried most of it with 18 percent, while shoes fell by 3 percent, all of it in September. The drop in shoes coincides with two sizes being out of stock for 16 days, so I would not read it as a change in demand.",
      },
      {
        user: "Show me the query you used.",
        assistant:
          "```sql\nSELECT category, quarter, sum(net) AS revenue\nFROM order_lines\nWHERE status = 'completed' AND quarter IN ('2026-Q2', '2026-Q3')\nGROUP BY category, quarter\nORDER BY category, quarter\n```\nReturns are rows with a negative `net`, so they are already taken off in the sum. If you want the figures before returns, add `AND net > 0`.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user:
          "Summarise this call: Mara said the migration is two weeks late because the vendor changed the export format. Jonas can write a converter by Friday. Priya worries about the freeze on the 20th. We agreed to test with last month's data first and decide on Monday.",
        assistant:
          "**Decision:** test the migration with last month's data, decide on Monday.\n\n**Open risk:** the freeze on the 20th (raised by Priya).\n\n**Actions**\n- Jonas: converter for the vendor's new export format, by Friday.\n- Mara: new schedule, since the migration is two weeks late.\n\nNot settled: who tests over the weekend.",
      },
    ],
  },
  {
    language: "de",
    turns: [
      {
        user:
          "Fasse die Besprechung zusammen: Das Lager meldet 40 fehlende Rucksäcke, der Lieferant liefert erst in KW 12. Anna informiert die Filialen, Tom prüft Ersatz aus Österreich. Nächster Termin Donnerstag 9 Uhr.",
        assistant:
          "**Stand:** 40 Rucksäcke fehlen, Nachlieferung erst in KW 12.\n\n**Aufgaben**\n- Anna informiert die Filialen.\n- Tom prüft Ersatz aus Österreich.\n\n**Nächster Termin:** Donnerstag, 9 Uhr. Offen ist, ob bereits bezahlte Bestellungen storniert werden.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user:
          "Which customers are likely to cancel their club membership next month, and why do you think so?",
        assistant:
          "Three groups stand out. Members who returned two or more of their last three orders cancel four times as often as the others. Members whose last order is more than 150 days old make up half of all cancellations. And members who joined with the welcome code and never bought again leave after the first invoice. The second group is the largest and the cheapest to reach, so I would start there.",
      },
    ],
  },
  {
    language: "pt",
    turns: [
      {
        user: "Resuma o relatório de vendas da semana em três frases.",
        assistant:
          "As vendas da semana cresceram 3 por cento em relação à anterior, puxadas pelas bicicletas. As devoluções mantiveram-se em 7 por cento, dentro do habitual. O ponto de atenção são as entregas na Suíça, que demoraram em média dois dias a mais do que o prometido.",
      },
    ],
  },
];
