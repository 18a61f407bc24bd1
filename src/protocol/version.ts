/** The version of this package; `User-Agent` names it. Compared with package.json by the check. */
export const VERSION = "0.1.0";
