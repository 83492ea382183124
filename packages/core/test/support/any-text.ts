import fc from 'fast-check';

/**
 * Any code unit: control characters, all scripts, half surrogate pairs. Unlike fast-check's
 * `binary` it takes no seconds to set up.
 */
const anyUnit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0xff }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0x2028, 0xd800, 0xdc00, 0xfeff, 0xfffd),
);

/** Any text that JavaScript can hold. */
export function anyText(
  constraints: { minLength?: number; maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: anyUnit.map((code) => String.fromCharCode(code)) });
}
