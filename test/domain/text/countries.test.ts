import english from "i18n-iso-countries/langs/en.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { countryCodeOf } from "../../../lib/domain/text/countries.ts";

describe("countries", () => {
  it("are known by what Online Retail calls them, but for the words that are no country", () => {
    const words =
      "United Kingdom=GB,Germany=DE,France=FR,EIRE=IE,Spain=ES,Netherlands=NL,Belgium=BE,Switzerland=CH,Portugal=PT,Australia=AU,Norway=NO,Italy=IT,Channel Islands=,Finland=FI,Cyprus=CY,Sweden=SE,Unspecified=,Austria=AT,Denmark=DK,Japan=JP,Poland=PL,Israel=IL,USA=US,Hong Kong=HK,Singapore=SG,Iceland=IS,Canada=CA,Greece=GR,Malta=MT,United Arab Emirates=AE,European Community=,RSA=ZA,Lebanon=LB,Lithuania=LT,Brazil=BR,Czech Republic=CZ,Bahrain=BH,Saudi Arabia=SA";
    const read = words
      .split(",")
      .map((pair) => `${pair.split("=")[0]}=${countryCodeOf(pair.split("=")[0] ?? "") ?? ""}`);
    expect(read.join(",")).toBe(words);
  });

  it.each([
    [
      "GB",
      "gb",
      "GBR",
      "826",
      "UK",
      "England",
      "  united   kingdom ",
      "Großbritannien",
      "Royaume-Uni",
      "Wielka Brytania",
    ],
    ["CI", "Côte d'Ivoire", "Cote d’Ivoire", "Ivory Coast", "CIV", "384"],
    ["LC", "St. Lucia", "Saint Lucia"],
    ["AF", "4", "004", "Afganistán"],
    ["JP", "日本", "Japon", "Япония"],
    ["TR", "Türkiye", "Turkey", "Türkei"],
    ["US", "U.S.A.", "United States of America", "Vereinigte Staaten"],
    ["ES", "Canary Islands", "Balearic Islands", "Canarias"],
  ])("are %s by any of their names and codes", (code, ...names) => {
    expect(names.map(countryCodeOf)).toEqual(names.map(() => code));
  });

  it("are none where the word is none, or means two", () => {
    const words = ["", "XX", "EU", "ZZ", "DD", "AN", "000", "999", "Atlantis", "Congo", "Europe", "N/A", "Ann Other"];
    expect(words.filter((word) => countryCodeOf(word) !== undefined)).toEqual([]);
  });

  it("are all found by their names in English", () => {
    const all = Object.entries(english.countries).flatMap(([code, names]) =>
      [names].flat().map((name) => [name, code]),
    );
    expect(all.filter(([name = "", code]) => name !== "Congo" && countryCodeOf(name) !== code)).toEqual([]);
  });
});
