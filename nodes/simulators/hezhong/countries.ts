/** Appendix 2: the country codes to which the platform sends. */
const CODES = new Set(
  `1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 58 60 61 62 63 64 65 66 81 82 84 86 90
   91 92 93 94 98 212 213 216 220 221 222 223 225 226 227 228 229 230 231 232 233 234 235 236 237 240 241 242 243 245
   248 250 251 254 255 256 257 258 260 261 262 263 264 265 266 267 268 297 298 299 350 351 352 353 354 355 356 357 358
   359 370 371 372 373 374 375 376 377 380 381 385 386 387 389 420 421 423 503 507 590 591 594 595 596 670 673 678 679
   687 689 852 853 855 856 880 886 960 961 962 963 965 966 967 968 971 972 973 974 976 977 992 993 994 995 996 998
   1246 1268 1345 1441 1473 1670 1671 1758 1784 1809`.split(/\s+/),
);

/**
 * Whether the platform sends to a number. One that begins with `+` or `00` is international and needs a code of the
 * appendix; of all others the document has no rule.
 */
export function isReachable(number: string): boolean {
  const found = /^(\+|00)?(\d{3,20})$/.exec(number);
  if (!found) return false;
  const [, prefix, digits = ''] = found;
  return prefix === undefined || [1, 2, 3, 4].some((length) => CODES.has(digits.slice(0, length)));
}
