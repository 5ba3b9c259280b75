import { type ComponentProps, useEffect, useRef } from "react";

/** What the input is called, and its value in the address. */
type Props = Omit<ComponentProps<"input">, "defaultValue" | "ref" | "value"> & { label: string; value: string };

/** An input for a part of the address. Another address changes what is in it, and leaves the focus where it is, as a key would not. */
export function AddressInput({ label, value, ...rest }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  return (
    <label>
      {label} <input {...rest} ref={input} defaultValue={value} />
    </label>
  );
}
