/** The month's end from its days. */
import fc from "fast-check";
import { expect } from "expect";
import { forecastMonth, forecastRange } from "@/core/analytics/forecast.ts";

const dayMs = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

function days(from: number, to: number, cost: (day: number) => string) {
  const all = [];
  for (let day = from; day < to; day += dayMs) {
    all.push({ timestamp: iso(day), cost_usd: cost(day) });
  }
  return all;
}

Deno.test("four whole weeks give each day to come its weekday's mean", () => {
  // Weekdays cost 10, weekends 1, since October; the month ends on a Monday.
  const now = Date.UTC(2026, 10, 16);
  const cost = (day: number) => [0, 6].includes(new Date(day).getUTCDay()) ? "1" : "10";
  const { forecast_usd, spent_usd, method } = forecastMonth(
    days(Date.UTC(2026, 9, 1), now, cost),
    now,
  );
  const whole = days(Date.UTC(2026, 10, 1), Date.UTC(2026, 11, 1), cost)
    .reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0);
  expect(method).toBe("weekdays");
  expect(spent_usd).toBe("105");
  expect(forecast_usd).toBe(String(whole));
});

Deno.test("of today only the hours that are left are added", () => {
  const now = Date.UTC(2026, 10, 30, 18);
  const history = days(Date.UTC(2026, 9, 1), Date.UTC(2026, 10, 30), () => "4");
  const today = { timestamp: iso(Date.UTC(2026, 10, 30)), cost_usd: "3.5" };
  // 29 days at 4, 3.5 so far today, and a quarter of a day at 4.
  expect(forecastMonth([...history, today], now).forecast_usd).toBe("120.5");
});

Deno.test("less than four weeks give a straight line from the first spend", () => {
  const now = Date.UTC(2026, 10, 11, 12);
  const some = days(Date.UTC(2026, 10, 9), now, (day) => day < Date.UTC(2026, 10, 11) ? "2" : "1");
  const { forecast_usd, method } = forecastMonth(some, now);
  expect(method).toBe("linear");
  // Two dollars a day for the 19.5 days that are left, and the five that are spent.
  expect(forecast_usd).toBe("44");
});

Deno.test("without a whole day of spend there is no forecast, and never an invented zero", () => {
  const now = Date.UTC(2026, 10, 11, 12);
  const none = forecastMonth(days(Date.UTC(2026, 10, 1), now, () => "0"), now);
  expect([none.forecast_usd, none.method]).toEqual([null, "none"]);
  const today = [{ timestamp: iso(Date.UTC(2026, 10, 11)), cost_usd: "9" }];
  expect(forecastMonth(today, now).forecast_usd).toBe(null);
  expect(forecastMonth([], now).spent_usd).toBe("0");
});

Deno.test("its range holds the month and four weeks, in whole days", () => {
  expect(forecastRange(Date.UTC(2026, 10, 11, 12))).toEqual({
    from: "2026-10-14T00:00:00.000Z",
    to: "2026-11-12T00:00:00.000Z",
  });
  expect(forecastRange(Date.UTC(2026, 9, 31, 1)).from).toBe("2026-10-01T00:00:00.000Z");
});

Deno.test("a forecast is never below what is spent, and steady spend meets the whole month", () => {
  fc.assert(fc.property(
    fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
    fc.integer({ min: 0, max: 1_000_000 }),
    (now, micros) => {
      const cost = (micros / 1_000_000).toFixed(6);
      const { from, to } = forecastRange(now);
      const { forecast_usd, spent_usd } = forecastMonth(
        days(Date.parse(from), Date.parse(to), () => cost),
        now,
      );
      if (micros === 0) return expect(forecast_usd).toBe(null);
      expect(Number(forecast_usd)).toBeGreaterThanOrEqual(Number(spent_usd));
    },
  ));
});
