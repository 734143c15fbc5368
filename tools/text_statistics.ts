import { defineTool } from "whetstone";

const WORDS_PER_MINUTE = 220;

export default defineTool({
  name: "text_statistics",
  description: "Counts the characters, words, sentences and paragraphs of a text, lists its commonest words and estimates the reading time",
  inputSchema: {
    type: "object",
    required: ["text"],
    properties: {
      text: { type: "string", maxLength: 500000 },
      top: { type: "integer", minimum: 0, maximum: 50, description: "How many of the commonest words to list; 5 when left out" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["characters", "words", "sentences", "paragraphs", "readingMinutes", "commonest"],
    properties: {
      characters: { type: "integer", minimum: 0 },
      words: { type: "integer", minimum: 0 },
      sentences: { type: "integer", minimum: 0 },
      paragraphs: { type: "integer", minimum: 0 },
      readingMinutes: { type: "integer", minimum: 0 },
      commonest: {
        type: "array",
        items: {
          type: "object",
          required: ["word", "count"],
          properties: { word: { type: "string" }, count: { type: "integer", minimum: 1 } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    {
      description: "counts a short text",
      input: { text: "The cat sat. The cat slept!\n\nThen the dog came.", top: 2 },
      expectedOutput: {
        characters: 47,
        words: 10,
        sentences: 3,
        paragraphs: 2,
        readingMinutes: 1,
        commonest: [
          { word: "the", count: 3 },
          { word: "cat", count: 2 },
        ],
      },
    },
    {
      description: "an empty text has nothing",
      input: { text: "" },
      expectedOutput: { characters: 0, words: 0, sentences: 0, paragraphs: 0, readingMinutes: 0, commonest: [] },
    },
    {
      description: "words of other scripts count too",
      input: { text: "Größe über alles, naïveté", top: 1 },
      expectedOutput: {
        characters: 25,
        words: 4,
        sentences: 1,
        paragraphs: 1,
        readingMinutes: 1,
        commonest: [{ word: "alles", count: 1 }],
      },
    },
  ],
  postconditions: [
    {
      description: "no word is counted more often than there are words",
      check: (_input, output) => output.commonest.every(({ count }) => count <= output.words),
    },
  ],
  owners: ["content"],
  latencyBudgetMs: 200,
  run({ text, top = 5 }) {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const commonest = [...counts]
      .map(([word, count]) => ({ word, count }))
      .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
      .slice(0, top);
    return {
      characters: text.length,
      words: words.length,
      sentences: text.split(/[.!?]+/).filter((part) => part.trim() !== "").length,
      paragraphs: text.split(/\n\s*\n/).filter((part) => part.trim() !== "").length,
      readingMinutes: Math.ceil(words.length / WORDS_PER_MINUTE),
      commonest,
    };
  },
});
