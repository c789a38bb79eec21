// Time stamps as a person reads them, and where days, weeks, months or years begin. Joined in front of marks.js and timeline.js.

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split(" ");
const NARROW = 6; // pixels of a day that is told apart, at least

/** The parts of a stamp such as 2026-05-03T08:10; what is not said is undefined, all of it where there is no stamp. */
function parts(stamp) {
  const [, year, month, day, time] = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:[T ](\d\d:\d\d))?/.exec(stamp ?? "") ?? [];
  return { year, month, day, time, date: day && `${year}-${month}-${day}` };
}

/** Days since a Monday; Date alone would take the years 0 to 99 for others. */
function days({ year, month, day }) {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return Math.round(date / 864e5) + 3;
}

const dated = ({ month, day }) => `${Number(day)} ${MONTHS[month - 1]}`;
const monthly = ({ year, month }) => `${MONTHS[month - 1]} ${year}`;
const within = (years) => ({ year }) => year && Math.floor(year / years);
const rounded = (years) => ({ year }) => `${Math.floor(year / years) * years}s`;

/** From fine to coarse: to which day, week, month, ... a moment belongs, how that is written, and how wide. */
const LEVELS = [
  [({ date }) => date, dated, 52],
  [(when) => when.day && Math.floor(days(when) / 7), dated, 52],
  [({ year, month }) => month && `${year}-${month}`, monthly, 66],
  [within(1), ({ year }) => year, 40],
  [within(10), rounded(10), 48],
  [within(100), rounded(100), 48],
];
const COUNT = 50; // pixels of a number, where there are no times

/** When moments were, and where lines and labels belong under them. */
class Calendar {
  constructor(times, count) {
    this.when = times.map(parts);
    this.count = count;
    this.levels = LEVELS.map(([key]) => {
      let before;
      return this.when.slice(0, count).flatMap((when, row) => {
        const now = key(when);
        const turns = now !== undefined && now !== before;
        before = now;
        return turns ? [row] : [];
      });
    });
  }

  /** The finest level whose beginnings have room. */
  finest(width, room) {
    return this.levels.findIndex((rows, level) => rows.length > 1 && rows.length * room(level) <= width);
  }

  /** The rows with which a day begins, or whatever can still be told apart. */
  turns(width) {
    return this.levels[this.finest(width, () => NARROW)] ?? [];
  }

  /** What is written under which rows, as fine as there is room for; where there are no times, moments are counted. */
  labels(width) {
    const level = this.finest(width, (level) => LEVELS[level][2]);
    const room = LEVELS[level]?.[2] ?? COUNT;
    let free = -1;
    return (this.levels[level] ?? this.counted(width)).flatMap((row) => {
      const x = (row / this.count) * width;
      if (x < free || x > width - room) return [];
      free = x + room;
      return [[row, level < 0 ? (row + 1).toLocaleString("en") : LEVELS[level][1](this.when[row])]];
    });
  }

  counted(width) {
    const least = (this.count * COUNT) / width;
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 1e5].find((n) => n >= least) ?? 1e6;
    return Array.from({ length: Math.ceil(this.count / step) }, (_, n) => n * step);
  }

  /** What stands over a moment that is the first of its day. */
  heading(row) {
    const { year, month, day, time } = this.when[row];
    if (!time) return day ? year : "";
    return `${WEEKDAYS[((days(this.when[row]) % 7) + 7) % 7]} ${Number(day)} ${MONTHS[month - 1]}`;
  }

  /** What stands under a moment: the finest that is known of its time. */
  foot(row) {
    const { year, month, day, time } = this.when[row];
    if (time) return time;
    return day ? dated(this.when[row]) : month ? monthly(this.when[row]) : (year ?? (row + 1).toLocaleString("en"));
  }
}
