import { afterAll, describe, expect, it } from "vitest";
import { profileColumn } from "../../lib/ingest/columns/columnContent.ts";
import { monthNames } from "../../lib/ingest/values/dates/monthNames.ts";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** As people and spreadsheets write them; typed by hand, for the reader takes its names from the locales. */
const LANGUAGES: Readonly<
  Record<string, { full: string; short: string; write: (day: number, month: string) => string }>
> = {
  German: {
    full: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    short: "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    write: (day, month) => `${day}. ${month} 2017`,
  },
  French: {
    full: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    short: "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    write: (day, month) => `${day === 1 ? "1er" : day} ${month} 2017`,
  },
  "French without accents": {
    full: "JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE",
    short: "janv fevr mars avr mai juin juil aout sept oct nov dec",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Spanish: {
    full: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    short: "ene feb mar abr may jun jul ago sep oct nov dic",
    write: (day, month) => `${day} de ${month} de 2017`,
  },
  Portuguese: {
    full: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    short: "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    write: (day, month) => `${day === 1 ? "1º" : day} de ${month} de 2017`,
  },
  Italian: {
    full: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    short: "gen feb mar apr mag giu lug ago set ott nov dic",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Dutch: {
    full: "januari februari maart april mei juni juli augustus september oktober november december",
    short: "jan feb mrt apr mei jun jul aug sep okt nov dec",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Polish: {
    full: "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    short: "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Swedish: {
    full: "januari februari mars april maj juni juli augusti september oktober november december",
    short: "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Danish: {
    full: "januar februar marts april maj juni juli august september oktober november december",
    short: "jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec.",
    write: (day, month) => `${day}. ${month} 2017`,
  },
  Finnish: {
    full: "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    short: "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
    write: (day, month) => `${day}. ${month} 2017`,
  },
  Czech: {
    full: "ledna února března dubna května června července srpna září října listopadu prosince",
    short: "led úno bře dub kvě čvn čvc srp zář říj lis pro",
    write: (day, month) => `${day}. ${month} 2017`,
  },
  Turkish: {
    full: "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    short: "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    write: (day, month) => `${day} ${month} 2017`,
  },
  Russian: {
    full: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    short: "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
    write: (day, month) => `${day} ${month} 2017`,
  },
  English: {
    full: "January February March April May June July August September October November December",
    short: "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    write: (day, month) => `${day} ${month} 2017`,
  },
};

/** Every month in words of one language: in a sentence's form, and as spreadsheets abbreviate it. */
function written(language: string): { text: string; iso: string }[] {
  const { full, short, write } = LANGUAGES[language] as (typeof LANGUAGES)[string];
  return Array.from({ length: 12 }, (_, i) => {
    const iso = (day: number) => `2017-${String(i + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    const [name, abbreviated] = [full.split(" ")[i] as string, short.split(" ")[i] as string];
    return [
      { text: write(i + 1, name), iso: iso(i + 1) },
      { text: write(11, abbreviated), iso: iso(11) },
      { text: `${28 - i}-${abbreviated}-17`, iso: iso(28 - i) },
    ];
  }).flat();
}

const fileOf = (dates: readonly string[]) => `customer;date;amount\n${dates.map((date) => `1;${date};5`).join("\n")}\n`;

describe("names of months", () => {
  it.each(["French", "Spanish", "Polish"])("in %s are read, and the dates seen as such", async (language) => {
    const dates = written(language);
    const { rows, file } = await bench.drop(fileOf(dates.map(({ text }) => text)));
    expect(columnOf(rows, "order_date")).toEqual(dates.map(({ iso }) => iso));
    expect(file.dateLayout).toContain("month name");
  });

  it("in fifteen languages in one column do not get into each other's way", async () => {
    const dates = Object.keys(LANGUAGES).flatMap(written);
    const { rows } = await bench.drop(fileOf(dates.map(({ text }) => text)));
    expect(rows.map(({ order_date }, i) => [dates[i]?.text, order_date])).toEqual(
      dates.map(({ text, iso }) => [text, iso]),
    );
    expect(profileColumn(dates.map(({ text }) => text)).share.date).toBe(1);
  });

  it("keep times, and what is no date stays as it was found", async () => {
    const dates = ["3 févr. 2017 10:05", "3 févr. 2017 à midi", "Février", "31 févr. 2017 09:00", "4 mars 2017 23:59"];
    const { rows } = await bench.drop(fileOf(dates));
    expect(columnOf(rows, "order_date")).toEqual([
      "2017-02-03 10:05:00",
      dates[1],
      dates[2],
      dates[3],
      "2017-03-04 23:59:00",
    ]);
  });

  it.each([
    ["Jul-21-25", "2025-07-21"],
    ["Jul-21-2025 10:05", "2025-07-21 10:05:00"],
    ["Feb. 3, 2017", "2017-02-03"],
  ])("before the day: %s", async (text, iso) => {
    expect(columnOf((await bench.drop(fileOf([text]))).rows, "order_date")).toEqual([iso]);
  });

  it.each(["11. Februar 2017", "1º de março de 2017", "11-févr.-17", "Jul-21-25", "Feb 11, 2017"])(
    "without a header are data: %s",
    async (text) => {
      const lines = Array.from({ length: 12 }, (_, i) => `K${i % 4};${text};${i}.50`);
      const { file, rows } = await bench.drop(`${lines.join("\n")}\n`);
      expect([file.header, rows.length]).toEqual([["column_1", "column_2", "column_3"], 12]);
      expect(new Set(columnOf(rows, "order_date")).size).toBe(1);
      expect(rows[0]?.order_date).toMatch(/^20\d\d-\d\d-\d\d$/);
    },
  );

  it("mean one month each, whatever the language", () => {
    const english = new Set("jan feb mar apr may jun jul aug sep oct nov dec".split(" "));
    const months = monthNames();
    for (const name of english) expect(months.has(name), name).toBe(true);
    for (const { full, short } of Object.values(LANGUAGES)) {
      for (const list of [full, short]) {
        list.split(" ").forEach((name, i) => {
          expect(months.get(name.toLowerCase().replace(/\.$/, "")), name).toBe(i);
        });
      }
    }
  });
});
