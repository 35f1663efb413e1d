/**
 * The demo's users: a few who call all day, and many who come by.
 *
 * @module
 */
import type { Random } from "../simulator/random.ts";

const first = [
  "anna",
  "tomas",
  "priya",
  "jonas",
  "mara",
  "luis",
  "yuki",
  "claire",
  "omar",
  "sofia",
  "wei",
  "nina",
  "paolo",
  "ines",
  "david",
  "fatima",
  "erik",
  "lena",
];
const last = [
  "berger",
  "novak",
  "sharma",
  "keller",
  "duarte",
  "tanaka",
  "moreau",
  "haddad",
  "rossi",
  "lindqvist",
  "zhang",
  "okafor",
];

/** Every user, the busiest first. */
export const people: readonly string[] = last.flatMap((surname, i) =>
  first.map((name, j) => ({ user: `${name}.${surname}`, order: (i * 7 + j * 5) % 216 }))
).sort((a, b) => a.order - b.order).map(({ user }) => user);

/** A user; the one in place n comes about 1/n as often as the first. */
export function someone(random: Random): string {
  const place = Math.floor(Math.exp(random.next() * Math.log(people.length + 1))) - 1;
  return people[Math.min(place, people.length - 1)] ?? "anna.berger";
}
