import { closestMatch } from "leven";

/** Letters by which a name may differ from a setting's. */
const FEW = 2;

/** Letters that a name must have: shorter ones are a letter or two away from anything. */
const ENOUGH = 6;

/** Variables of other programs that are this close to a setting: of libpq, Go, proxies, platforms that hand out ports. */
const usual =
  /^(PG(HOST|PORT)|DB(HOST|PORT)|HOSTI[DP]|HOSTED|(EX|IM|RE)PORT|PORTAL|PORT_?\d+|GO_?PROXY|(FTP|GIT|GO|WSS?|IO|SSH)_PROXY|REDIS_URI)$/i;

/** A variable that is no setting but close to one. */
export interface NearMiss {
  name: string;
  setting: string;
}

/** Variables that were probably meant for a setting, such as `GRAPIHQL`. Values are not looked at, but for being empty. */
export function nearMisses(
  environment: Record<string, string | undefined>,
  settings: readonly string[],
  eitherCase: readonly string[],
): NearMiss[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const isKnown = settings.includes(name) || eitherCase.includes(name.toUpperCase());
    if (!value || isKnown || name.length < ENOUGH || usual.test(name)) return [];
    const setting = closestMatch(name.toUpperCase(), settings, { maxDistance: FEW });
    return setting ? [{ name, setting }] : [];
  });
}
