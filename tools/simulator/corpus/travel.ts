/**
 * Travellers and a planner that may look weather and trains up.
 *
 * @module
 */
import type { Conversation } from "./conversation.ts";

export const plannerGuide =
  `You plan journeys by train in Europe. Use the tools for weather and timetables, never guess a
departure. Prefer fewer changes over shorter times, leave twelve minutes for a change, and say what a
plan depends on. Prices are only given when a tool returned them.`;

export const travel: readonly Conversation[] = [
  {
    language: "fr",
    turns: [
      {
        user: "Quel temps fera-t-il à Lyon samedi, et quel train partir de Paris le matin ?",
        assistant:
          "Samedi matin, comptez environ 14 degrés à Lyon avec des éclaircies et peu de vent. Le train de 8 h 59 depuis la gare de Lyon arrive à 10 h 56 sans changement ; celui de 9 h 30 est plus cher et ne gagne rien. Je vous conseille le premier, en réservant une place côté fenêtre à droite pour la vallée de la Saône.",
      },
      {
        user: "Et pour rentrer dimanche soir ?",
        assistant:
          "Dimanche soir, le train de 19 h 04 vous ramène à Paris pour 21 h 02, direct. Le suivant part à 20 h 04, souvent complet en fin de week-end. Si vous voulez dîner à Lyon, gardez le second comme solution de repli, mais réservez dès maintenant.",
      },
    ],
  },
  {
    language: "en",
    turns: [
      {
        user:
          "I want to go from Vienna to Ljubljana on Friday without changing in the middle of the night. What is the weather like there?",
        assistant:
          "There is one direct train on Friday at 07:58 that reaches Ljubljana at 14:01, and a second one with a single change in Maribor at 13:58. Both avoid the night entirely. Ljubljana expects 17 degrees and a shower in the late afternoon, so the morning train also lets you arrive in the dry.",
      },
      {
        user: "Great. Can you make it a weekend with a lake?",
        assistant:
          "Yes: stay Friday night in Ljubljana, take the 09:12 bus to Bled on Saturday (55 minutes), walk round the lake in about two hours, and return by train from Lesce-Bled at 17:34. Sunday leaves time for the castle before the 14:58 to Vienna. The plan depends on the Saturday bus, which runs hourly, so missing it costs an hour and nothing else.",
      },
    ],
  },
  {
    language: "ja",
    turns: [
      {
        user: "来週、京都で二日間過ごします。雨の日でも楽しめる予定を立ててください。",
        assistant:
          "一日目は京都国立博物館と三十三間堂を組み合わせると、屋根のある移動だけで半日過ごせます。午後は錦市場で昼食をとり、夕方に先斗町を歩くのがおすすめです。二日目は雨が弱ければ東福寺、強ければ鉄道博物館にすると、どちらの天気でも無理がありません。",
      },
    ],
  },
  {
    language: "es",
    turns: [
      {
        user: "¿Qué tiempo hará en Sevilla la próxima semana? Viajo con dos niños.",
        assistant:
          "En Sevilla se esperan entre 21 y 24 grados, sin lluvia hasta el jueves. Con niños conviene dejar el Alcázar para primera hora y reservar la tarde para el Parque de María Luisa, que tiene sombra. Lleve agua y una chaqueta ligera para la noche.",
      },
    ],
  },
];
