/**
 * The columns of a data folder that an import knows, with the names that files give them in several languages. A name is
 * compared by its letters and digits alone, without accents: "Min. Temp" is mintemp.
 */
import { type Kind, kinds, readUnit, type Unit } from "../../units/kinds.ts";

/** Into which of the three files a column goes. */
export type Role = "observation" | "driver" | "attribute";

/** How the values of a day become one. */
export type Aggregate = "mean" | "sum" | "min" | "max";

/** A column of a data folder. */
export interface Target {
  readonly name: string;
  readonly role: Role;
  /** Null if it is text, or a number in any unit. */
  readonly kind: Kind | null;
  readonly aggregate: Aggregate;
  readonly names: RegExp;
}

const target = (
  name: string,
  role: Role,
  kind: Kind | null,
  names: RegExp,
  aggregate: Aggregate = "mean",
): Target => ({ name, role, kind, names, aggregate });

/** Names of an extreme or the mean of air temperature: one of `words` before or after a word for temperature, or a code. */
function airTemperature(words: string, codes: string): RegExp {
  const temperature = "(2m)?(air|luft)?(t|temp|temperature|temperatur|temperatura)(air|delair|delaire)?(2m)?";
  return new RegExp(`^((${words})${temperature}|${temperature}(${words})|${codes})$`);
}

/** All known columns, besides site_id and date. */
export const targets: readonly Target[] = [
  target(
    "discharge_cms",
    "observation",
    kinds.discharge,
    /^(q|qobs|qmean|qm|flow|streamflow|discharge|discharges|runoff|riverflow|abfluss|durchfluss|abflussmenge|debit|caudal|portata|vazao|afvoer|vattenforing|przeplyw|discharge(cms|cfs|spec|vol)(obs)?|q(cms|cfs))$/,
  ),
  target(
    "temp_c",
    "observation",
    kinds.waterTemperature,
    /^(wtemp|watertemp|watertemperature|temperaturewater|twater|tw|wt|streamtemp|streamtemperature|rivertemp|wassertemperatur|wassertemp|temperatureeau|temperaturedeleau|tempeau|temperaturaagua|temperaturadelagua|tempc)$/,
  ),
  target(
    "prcp_mm",
    "driver",
    kinds.precipitation,
    /^(p|pr|prcp|prec|precip|precipitation|ppt|pcp|rain|rainfall|tp|mtpr|rr|rs|niederschlag|niederschlagshohe|regen|pluie|precipitations|precipitacion|lluvia|precipitazione|precipitacao|chuva|neerslag|nederbord|opad|totalprecipitation)$/,
    "sum",
  ),
  target(
    "tmin_c",
    "driver",
    kinds.airTemperature,
    airTemperature("min|minimum|minimal|minimale|minima|minimo", "tn|tnk|tasmin|mn2t|tmmn"),
    "min",
  ),
  target(
    "tmax_c",
    "driver",
    kinds.airTemperature,
    airTemperature("max|maximum|maximal|maximale|maxima|maximo", "tx|txk|tasmax|mx2t|tmmx"),
    "max",
  ),
  target(
    "tmean_c",
    "driver",
    kinds.airTemperature,
    /^((mean|avg|average|mittlere)?(air|luft)(temp|temperature|temperatur)(mean|avg|mittel)?|tmean|tavg|tair|tas|ta|tg|tm|tmk|t2m|2mtemp|2mtempmean|2mtemperature|temperature2m|temperature2mmean|temperature(del)?air|temperaturadelaire|tempair)$/,
  ),
  target(
    "srad_wm2",
    "driver",
    kinds.sunlight,
    /^(srad|rsds|ssrd|swdown|swrad|swin|radiation|solar|solarradiation|globalradiation|shortwave|shortwaveradiation|dswrf|rg|globalstrahlung|strahlung|rayonnement|rayonnementglobal|radiacion|radiacionsolar|sunlight|glot|radiationglobal)$/,
  ),
  target(
    "vp_pa",
    "driver",
    kinds.vapourPressure,
    /^(vp|ea|vpr|vapor|vapour|vaporpressure|vapourpressure|dampfdruck)$/,
  ),
  target(
    "pressure_hpa",
    "driver",
    kinds.airPressure,
    /^(pressure|airpressure|surfacepressure|ps|sp|pm|luftdruck|pression|presion)$/,
  ),
  target(
    "wind_ms",
    "driver",
    kinds.wind,
    /^(wind|ws|wspd|windspeed|sfcwind|u10|u2|wind10m|fm|ff|windgeschwindigkeit|vitessevent|viento|velocidaddelviento)$/,
  ),
  target(
    "rh_percent",
    "driver",
    kinds.humidity,
    /^(rh|hurs|humidity|relativehumidity|upm|relativefeuchte|luftfeuchte)$/,
  ),
  target(
    "pet_mm",
    "driver",
    kinds.evaporation,
    /^(pet|et0|eto|pev|potentialevapotranspiration|potentialevaporation|evapotranspiration|verdunstung|etp|evap|evaporation)$/,
    "sum",
  ),
  // Other names of codes: codeName.
  target("discharge_cms_qualifiers", "observation", null, /^dischargecmsqualifiers$/),
  target("temp_c_qualifiers", "observation", null, /^tempcqualifiers$/),
  // Files of synthetic data say so by this column.
  target("synthetic", "observation", null, /^synthetic$/),
  target(
    "name",
    "attribute",
    null,
    /^(name|stationname|sitename|gaugename|stationnm|stationsname|messstellenname|nom|nombre|river|gewasser)$/,
  ),
  target(
    "latitude",
    "attribute",
    null,
    /^(lat|latitude|gaugelat|breite|breitengrad|geobreite|declatva|latitud)$/,
  ),
  target(
    "longitude",
    "attribute",
    null,
    /^(lon|long|lng|longitude|gaugelon|lange|langengrad|geolange|declongva|longitud)$/,
  ),
  target(
    "elevation_m",
    "attribute",
    kinds.height,
    /^(elev|elevation|elevationm|altitude|gaugeelev|elevmean|meanelevation|hohe|stationshohe|elevacion|altitud)$/,
  ),
  target(
    "drainage_area_km2",
    "attribute",
    kinds.area,
    /^(area|drainagearea|drainageareakm2|catchmentarea|basinarea|areakm2|areagages2|drainsqkm|einzugsgebiet|einzugsgebietsflache|flache|superficie|surface|bassinversant|aezg|drainareava)$/,
  ),
];

/** Names of columns of site ids and of dates. */
export const idNames =
  /^(siteid|site|stn|stnid|sitenr|siteno|sitecode|staid|station|stationid|stationsid|stationnr|stationno|stationcode|stationnumber|statnr|statid|gauge|gaugeid|gaugeno|gaugenr|gage|gageid|gaugenumber|basin|basinid|catchment|catchmentid|hruid|grdcno|grdcid|id|code|pegel|pegelnr|pegelid|pegelnummer|messstelle|messstellenr|messstellennummer|mstnr|stationsnummer|stationskennung|codestation|estacion|codigo|codigoestacion|stazione|stacja|monitoringlocationid|comid|poste|numposte)$/;
export const dateNames =
  /^(date|day|datum|tag|time|datetime|timestamp|zeit|zeitpunkt|zeitstempel|messdatum|mesdatum|valuedate|jour|fecha|dia|data|giorno|dateobs|obsdate|dato|dag|valid|validtime|yyyymmdd|aaaammjj|aaaammdd|jjjjmmtt)$/;
export const yearNames = /^(year|yr|yyyy|jahr|annee|ano|anno|y)$/;
export const monthNames = /^(month|mo|mnth|mon|monat|mois|mes|mese|mm|m)$/;
export const dayNames = /^(day|dy|dd|tag|jour|dia|giorno|d)$/;

/** Names of columns of units. */
export const unitNames = /^(unit|units|unitofmeasure|uom|einheit|unite|unidad)$/;

/** Names of columns that say which statistic of a day a value is: its mean, its maximum. */
export const statisticNames =
  /^(stat|stats|statistic|statistics|statistik|aggregation|statcd|(stat|statistic)(id|code|type|name))$/;

export const yearDayNames = /^(yday|doy|dayofyear|jday|julianday|tagdesjahres)$/;

/** Words for a column of codes beside a value: Q_cd, dischargeQC, "flag of temp". */
const codeWords =
  "cds?|codes?|qualifiers?|quals?|q?flags?|qc|qcode|quality|quality[ _.-]?(?:code|flag)s?|symbols?|attributes|grade|approvals?|qualitat|qualite|calidad|guete|gute";
const codeAfter = new RegExp(`^(.+?)[\\s_.:-]+(?:${codeWords})$`, "i");
const codeBefore = new RegExp(`^(?:${codeWords})[\\s_.:-]+(?:of |for )?(.+)$`, "i");
const codeAlone = new RegExp(`^(?:data[\\s_.:-]?)?(?:${codeWords})$`, "i");
const codeGlued = /^(.*[a-z\d])(?:QC|CD|Flag|Code|Qualifiers?|Quality)$/;

/** Codes that name a place, an office or a method, and no quality. */
const otherCodes =
  /^(agency|site|sites?type|station|gauge|gage|basin|catchment|tz|timezone|huc|state|county|country|district|region|zip|post|parm|parameter|variable|stat|statistic|unit|coord|coordacy|datum|alt|loc|medium|method|reliability|instrumental|project|river|water ?body|location)s?$/i;

/** The name of the variable whose codes a column holds by its name; empty for a name of codes alone, null for other names. */
export function codeName(name: string): string | null {
  const plain = name.normalize("NFD").replaceAll(/\p{M}/gu, "").trim();
  if (codeAlone.test(plain)) return "";
  const base = codeAfter.exec(plain)?.[1] ?? codeBefore.exec(plain)?.[1] ?? codeGlued.exec(plain)?.[1];
  return base === undefined || otherCodes.test(base) ? null : base;
}

/** Words that say nothing of what is measured. */
const fillers =
  /(daily|dailymean|mean|average|avg|observed|measured|value|total|sum|mittlerer|mittlere|tagesmittel|tages|moyen|journalier|medio|diario|station)/g;

/** Codes that stand for a variable and its unit: of the USGS in names such as 69928_00060_00003 and in its list of sites, of the DWD, of GAGES-II. */
const archiveCodes: readonly (readonly [code: RegExp, target: string, unit: string])[] = [
  [/(^|_)00060(_|$)/, "discharge_cms", "ft3/s"],
  [/(^|_)00010(_|$)/, "temp_c", "degC"],
  [/^RSK$/, "prcp_mm", "mm"],
  [/^VPM$/, "vp_pa", "hPa"],
  [/^PM$/, "pressure_hpa", "hPa"],
  [/^FM$/, "wind_ms", "m/s"],
  [/^drain_area_va$/, "drainage_area_km2", "mi2"],
  [/^alt_va$/, "elevation_m", "ft"],
  [/^area_gages2$/, "drainage_area_km2", "km2"],
  [/^elev_mean$/, "elevation_m", "m"],
  // Names without a sign between the words and the unit.
  [/^(drainage|catchment|basin)?areakm2$/i, "drainage_area_km2", "km2"],
  [/^drainsqkm$/i, "drainage_area_km2", "km2"],
  [/^elevationm$/i, "elevation_m", "m"],
];

/** The variable and unit of a name with such a code; null for other names. Codes beside values end in _cd at the USGS. */
export function archiveColumn(name: string): { readonly target: Target; readonly unit: Unit | null } | null {
  // A unit in brackets stands beside the code of a variable that a cell named.
  const [, code = name, inside] = /^(\d{5}) \[(.*)\]$/.exec(name) ?? [];
  const found = archiveCodes.find(([pattern]) => pattern.test(code));
  if (found === undefined) return null;
  const [, variable, usual] = found;
  const unit = inside ?? usual;
  const named = targets.find(
    (one) => one.name === (name.endsWith("_cd") ? `${variable}_qualifiers` : variable),
  );
  if (named === undefined) return null;
  return { target: named, unit: named.kind === null ? null : readUnit(unit, named.kind) };
}

/** The letters and digits of a name. */
export function lettersOf(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9]/g, "");
}

/** The column that a name, without its unit, stands for; null if it is none of them. */
export function targetNamed(name: string): Target | null {
  const letters = lettersOf(name);
  const bare = letters.replaceAll(fillers, "");
  return (
    targets.find((one) => lettersOf(one.name) === letters) ??
    targets.find(({ names }) => names.test(letters)) ??
    (bare === letters || bare === "" ? null : (targets.find(({ names }) => names.test(bare)) ?? null))
  );
}

/** Short names of precipitation (German Niederschlag). Alone, n may be a count. */
const precipitationWithUnit = /^(n|ns|nied)$/;

/** Precipitation if a short name such as N stands with a unit in mm; null for other names and units. */
export function precipitationNamed(name: string, unitText: string): Target | null {
  const unit = readUnit(unitText, kinds.precipitation);
  if (unit === null || !unit.symbol.includes("mm") || !precipitationWithUnit.test(lettersOf(name)))
    return null;
  return targets.find((one) => one.name === "prcp_mm") ?? null;
}

const anyTemperature = /^(t|temp|temperature|temperatur|temperatura|teplota)$/;

/** Whether a name says temperature and nothing more. It may be that of the air or of the water: what else a file holds decides. */
export function isTemperature(name: string): boolean {
  const letters = lettersOf(name);
  return anyTemperature.test(letters) || anyTemperature.test(letters.replaceAll(fillers, ""));
}
