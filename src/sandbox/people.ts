import { roles } from "./catalogue.ts";
import { idOf } from "./id-generator.ts";
import type { Member } from "./state.ts";

/** The people of Acme, in the order in which they joined. */
export const acmePeople = `
Mara Lindqvist, Tomás Herrera, Aiko Tanaka, Jonas Weber, Priya Raman, Lucía Fernández, Owen Gallagher, Noor Haddad,
Felix Brandt, Grace Okafor, Elena Petrova, Samuel Osei, Ingrid Dahl, Mateo Rossi, Hannah Cohen, Ravi Menon, Zoë Martens,
Daniel Kim, Amara Nwosu, Pieter de Vries, Chloé Laurent, Yusuf Demir, Beatriz Almeida, Liam Murphy, Sofia Kowalska,
Kenji Mori, Leila Rahimi, Oscar Nyberg, Camille Moreau, David Mbeki, Anna Novák, Marcus Reed, Fatima Zahra, Joao Pinto,
Greta Hansen, Victor Ionescu, Mei Chen, Arjun Desai, Nora Quinn, Pablo Ortega, Katya Sokolova, Ben Whitaker, Imani Clarke,
Stefan Huber, Rosa Marino, Theo Papadakis, Julia Sandoval, Hassan Ali, Freya Olsen, Nikhil Shah, Clara Schmidt, Diego Vargas,
Maja Zielinska, Ethan Brooks, Yara Mansour, Lukas Fischer, Simone Costa, Tara Byrne, Andrei Popescu, Wren Ashworth`
  .trim()
  .split(/,\s+/);

/** Two of them work for the second account, too; the others are its own. */
export const venturesPeople = [
  "Mara Lindqvist",
  "Grace Okafor",
  "Ines Duarte",
  "Callum Stewart",
  "Hye-jin Park",
  "Otto Berg",
];

/** As many people as are asked for: the known ones first, then numbered ones. */
export function generatePeople(size: number): string[] {
  return Array.from(
    { length: size },
    (_, index) => acmePeople[index] ?? `Member ${String(index + 1).padStart(4, "0")}`,
  );
}

/** `lucia.fernandez@acme.example` */
export function addressOf(name: string): string {
  const plain = name.normalize("NFD").replace(/\p{Mark}/gu, "");
  return `${plain.toLowerCase().replaceAll(" ", ".")}@acme.example`;
}

/**
 * A member of an account. Every seventh is invited and has no user yet; of those who accepted, every fifth has no
 * `email` beside `user.email`. A person's user ID is the same in every account, the member ID is not.
 */
export function memberOf(accountId: string, name: string, index: number): Member {
  const email = addressOf(name);
  const id = idOf("member", accountId, email);
  if (index % 7 === 6) {
    const code = idOf("invitation", id) + idOf("code", id);
    const user = { id: null, first_name: null, last_name: null, two_factor_authentication_enabled: false };
    return { id, email, status: "pending", code, user, roles: [roles.minimal], policies: [] };
  }
  const [first_name = "", ...rest] = name.split(" ");
  return {
    id,
    ...(index % 5 !== 4 && { email }),
    status: "accepted",
    user: {
      id: idOf("user", email),
      email,
      first_name,
      last_name: rest.join(" "),
      two_factor_authentication_enabled: index % 3 !== 2,
    },
    roles: [roles.minimal],
    policies: [],
  };
}
