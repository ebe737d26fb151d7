import { VERSION } from "../core/index.ts";
import type { Limits } from "./limits.ts";
import type { Service } from "./service.ts";

const json = (schema: object, example?: unknown) => ({
  "application/json": { schema, ...(example === undefined ? {} : { example }) },
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** What can be asked and what is answered, as an OpenAPI 3.1 document. */
export function openApi({ classes, features, unknownBelow }: Service, limits: Limits, top: number): object {
  const refusals: Readonly<Record<string, string>> = {
    400: "The body cannot be taken apart, or a query parameter is wrong.",
    408: `The body has not come whole within ${limits.timeout} seconds.`,
    413: features
      ? `The body has more than ${limits.maxBytes} bytes, or more than ${limits.maxBatch} rows.`
      : `The body has more than ${limits.maxBytes} bytes or ${limits.maxBatch} pictures, or the picture more than ${limits.maxPixels} pixels.`,
    415: features ? "The body is no JSON." : "The body is no picture, or of a format that cannot be decoded.",
    422: features ? "It is no row of numbers." : "The picture is damaged.",
    503: "As many requests are in hand as there may be; Retry-After says when to come again.",
  };
  const guesses = classes.slice(0, top).map((label, i) => ({ label, probability: i === 0 ? 0.9 : 0.1 / 2 ** i }));
  const example = { ...guesses[0], top: guesses };
  return {
    openapi: "3.1.0",
    info: {
      title: "Argmin",
      version: VERSION,
      description: features
        ? `Classifies rows of ${features.length} numbers into ${classes.length} classes.`
        : `Classifies pictures into ${classes.length} classes.`,
    },
    servers: [{ url: "/" }],
    paths: {
      "/predict": {
        post: {
          operationId: "predict",
          summary: features ? "Classify one row of numbers, or many" : "Classify one picture, or many",
          parameters: [
            {
              name: "top",
              in: "query",
              description: "How many of the most probable classes to tell.",
              schema: { type: "integer", minimum: 1, default: top },
            },
          ],
          requestBody: { required: true, content: features ? rowContent(features) : pictureContent },
          responses: {
            200: {
              description: features
                ? "An answer for a single row; for a list of rows a list, in which a row that cannot be used has its error."
                : "An answer for a picture; for a form a list, in which a file that cannot be read has its error.",
              content: json({ oneOf: [ref("Answer"), { type: "array", items: ref("Item") }] }, example),
            },
            ...Object.fromEntries(
              Object.entries(refusals).map(([status, description]) => [
                status,
                { description, content: json(ref("Problem")) },
              ]),
            ),
          },
        },
      },
      "/health": {
        get: {
          operationId: "health",
          summary: "Whether it answers, and how much is in hand",
          responses: {
            200: { description: "It answers.", content: json(ref("Health")) },
            503: { description: "It is about to stop.", content: json(ref("Health")) },
          },
        },
      },
    },
    components: { schemas: schemas(classes, unknownBelow, features === undefined) },
  };
}

const binary = { description: "The bytes of a picture file." };

const pictureContent = {
  "image/*": { schema: binary },
  "application/octet-stream": { schema: binary },
  "multipart/form-data": {
    schema: {
      type: "object",
      properties: {
        files: { type: "array", items: { type: "string", contentMediaType: "application/octet-stream" } },
      },
      additionalProperties: { type: "string", contentMediaType: "application/octet-stream" },
    },
  },
};

function rowContent(features: readonly string[]) {
  const row = {
    oneOf: [
      { type: "array", items: { type: "number" }, minItems: features.length, maxItems: features.length },
      { type: "object", properties: Object.fromEntries(features.map((name) => [name, { type: "number" }])) },
    ],
    description: "The numbers in the order of the features, or by their names.",
  };
  const zeros = features.map(() => 0);
  return json({ oneOf: [row, { type: "array", items: row }] }, [zeros]);
}

function schemas(classes: readonly string[], unknownBelow: number, pictures: boolean) {
  const label = { type: "string", description: "The name of a class.", enum: [...classes] };
  const labelOrNull = {
    description: `The most probable class; null where that is less probable than ${unknownBelow}.`,
    oneOf: [label, { type: "null" }],
  };
  const probability = { type: "number", minimum: 0, maximum: 1 };
  const answer = {
    label: unknownBelow > 0 ? labelOrNull : label,
    probability,
    top: { type: "array", items: ref("Guess"), description: "The most probable first." },
  };
  const unknown =
    unknownBelow > 0
      ? {
          unknown: { type: "boolean", description: "Said, and true, where there is no label." },
          nearest: { ...label, description: "The most probable class, where there is no label." },
        }
      : {};
  const problem = {
    error: { type: "string", description: "What is wrong." },
    fix: { type: "string", description: "How to mend it." },
  };
  const name = pictures ? { name: { type: "string", description: "The name of the file." } } : {};
  return {
    Guess: { type: "object", required: ["label", "probability"], properties: { label, probability } },
    Answer: { type: "object", required: ["label", "probability", "top"], properties: { ...answer, ...unknown } },
    Problem: { type: "object", required: ["error", "fix"], properties: problem },
    Item: {
      oneOf: [
        {
          type: "object",
          required: [...Object.keys(name), ...Object.keys(answer)],
          properties: { ...name, ...answer, ...unknown },
        },
        {
          type: "object",
          required: [...Object.keys(name), ...Object.keys(problem)],
          properties: { ...name, ...problem },
        },
      ],
    },
    Health: {
      type: "object",
      required: ["status", "argmin", "device", "classes", "inHand", "busy", "seconds"],
      properties: {
        status: { type: "string", enum: ["ok", "stopping"] },
        argmin: { type: "string", description: "The version." },
        device: { type: "string", description: "What runs the model." },
        classes: { type: "array", items: { type: "string" } },
        inHand: { type: "integer", description: "Requests that are answered or wait for it." },
        busy: { type: "integer", description: "Pictures that are worked on at this moment." },
        seconds: { type: "number", description: "How long it has been running." },
      },
    },
  };
}
