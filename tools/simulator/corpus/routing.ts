/**
 * Short messages that are sorted by a small model, and lines that are embedded for a search.
 *
 * @module
 */

export const routingGuide =
  "Sort the customer's message into one of: delivery, return, warranty, advice, account, other. Answer with JSON.";

/** A message, the queue it belongs to, and how urgent it is (1 to 5). */
export const tickets: readonly (readonly [string, string, number])[] = [
  ["Where is my parcel? It should have been here on Monday.", "delivery", 4],
  ["Die Naht an meinem Rucksack ist nach drei Wochen gerissen.", "warranty", 3],
  ["I forgot my password and the mail with the link never comes.", "account", 3],
  ["¿Qué talla de arnés necesita un niño de siete años?", "advice", 2],
  ["Je voudrais renvoyer deux des trois articles de ma commande.", "return", 2],
  ["Please delete everything you have stored about me.", "account", 4],
  ["Welche Isomatte passt zu minus zehn Grad?", "advice", 1],
  ["The valve of the sleeping mat leaks, photo attached.", "warranty", 3],
  ["Pode entregar em Lisboa até sexta-feira?", "delivery", 3],
  ["商品がまだ届いていません。確認をお願いします。", "delivery", 4],
  ["You charged my card twice for order 50077!", "account", 5],
  ["Grazie per l'ottimo servizio in negozio a Bolzano.", "other", 1],
];

export const searchLines: readonly string[] = [
  "two-person tent under two kilograms",
  "waterproof rucksack cover 30 litres",
  "Trekkingstöcke mit Korkgriff",
  "sleeping bag comfort minus five",
  "chaussures de randonnée larges",
  "gas stove for winter camping",
  "Kletterschuhe für Einsteiger",
  "head torch rechargeable 400 lumen",
  "mochila portabebés ligera",
  "雨具 登山 軽量",
  "bicycle pannier set waterproof",
  "merino base layer women",
];
