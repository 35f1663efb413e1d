/**
 * How far a limit is used, by each whom it counts.
 *
 * @module
 */
import { VisibleText } from "../../visible_text.tsx";
import type { LimitUse } from "../types.ts";
import { amountText } from "./limit.ts";

/** How many are shown of those who used the most. */
const most = 10;

export function LimitUseList({ use }: { use: LimitUse }) {
  if (use.subjects.length === 0) {
    return <p class="small muted">Nothing is used of it in this window.</p>;
  }
  return (
    <ul role="list" class="subjects">
      {use.subjects.slice(0, most).map((subject) => (
        <Subject key={subject.subject} use={use} subject={subject} />
      ))}
    </ul>
  );
}

interface SubjectProps {
  readonly use: LimitUse;
  readonly subject: LimitUse["subjects"][number];
}

function Subject({ use: { unit, quota }, subject: { subject, used, reserved } }: SubjectProps) {
  // The width of a bar and nothing else: amounts are shown from their own digits.
  const share = Number(quota) === 0 ? 1 : (Number(used) + Number(reserved)) / Number(quota);
  return (
    <li>
      <span class="small num">
        {subject && (
          <>
            <VisibleText text={subject} />:{" "}
          </>
        )}
        {`${amountText(unit, used)} of ${amountText(unit, quota)}`}
        {reserved !== "0" && (
          <span class="muted">{`, ${amountText(unit, reserved)} under way`}</span>
        )}
      </span>
      <Meter share={share} />
    </li>
  );
}

function Meter({ share }: { share: number }) {
  const level = share >= 1 ? "full" : share >= 0.8 ? "near" : "";
  return (
    <svg class="meter" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="1" />
      <rect class={`used ${level}`} width={Math.min(100, share * 100)} height="1" />
    </svg>
  );
}
