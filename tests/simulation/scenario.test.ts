import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { parseScenario } from '../../simulation/scenario.ts';
import { simulate } from '../../simulation/simulate.ts';
import { openStage } from '../../simulation/stage.ts';
import { checkout } from '../kit/checkout.ts';
import { createTestDatabase } from '../kit/database.ts';
import { iso } from '../kit/shop.ts';

describe('a scenario file', () => {
  const refusals: [string, string, RegExp][] = [
    ['that is not JSON', '{', /cannot be played/],
    ['with an unknown field', '{"steps":[{"in":"4 hours"}]}', /steps\.0/],
    ['with a duration that is none', '{"steps":[{"after":"4h"}]}', /steps\.0\.after: "4h" is not a duration/],
    ['whose steps are out of order', '{"steps":[{"after":"2 hours"},{"after":"1 hour"}]}', /steps\.1\.after/],
    ['that is over before its last step', '{"steps":[{"after":"2 hours"}],"lasts":"1 hour"}', /lasts/],
    ['without steps', '{"steps":[]}', /steps/],
  ];
  test.each(refusals)('%s is refused, with the place', (_what, text, place) => {
    expect(() => parseScenario(text, 'mine.json')).toThrow(place);
    expect(() => parseScenario(text, 'mine.json')).toThrow(
      expect.objectContaining({ code: 'scenario-invalid' }),
    );
  });

  test('is refused without two full stops', () => {
    expect(() => parseScenario('{"steps":[{"after":"4h"}]}', 'mine.json')).toThrow(/"7 days"\. See/);
  });

  test('goes on for a week after its last step, unless it says otherwise', () => {
    expect(parseScenario('{"steps":[{"after":"1 day"}]}', 'x').lasts).toBe(8 * 86_400_000);
    expect(parseScenario('{"steps":[{"after":"1 day"}],"lasts":"2 days"}', 'x').lasts).toBe(2 * 86_400_000);
  });

  test('that ships with us can be read', async () => {
    const folder = `${checkout}/examples/scenarios`;
    const names = await readdir(folder);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(parseScenario(await readFile(`${folder}/${name}`, 'utf8'), name).steps.length).toBeGreaterThan(
        0,
      );
    }
  });
});

describe('a simulation', () => {
  test('begins when it is told, and gives a timeline of what happened, was sent and was not, and why', async () => {
    const server = await startSimulationServer({ checkout });
    const stage = await openStage({ temporal: server });
    const database = await createTestDatabase();
    try {
      const left = await readFile(`${checkout}/examples/scenarios/left-cart.json`, 'utf8');
      const { timeline, sent, explanations } = await simulate({
        explains: true,
        stage,
        databaseUrl: database.url,
        scenario: parseScenario(left, 'left-cart.json'),
        at: Date.parse('2030-06-03T08:00:00Z'),
        journey: 'abandoned-cart',
      });
      expect(timeline.map(({ at, kind }) => `${iso(at)} ${kind}`)).toEqual([
        '2030-06-03T08:00 event',
        '2030-06-03T08:00 event',
        '2030-06-03T08:00 event',
        '2030-06-03T08:10 event',
        '2030-06-03T08:10 opened',
        '2030-06-03T12:10 sent',
        '2030-06-04T08:10 sent',
        '2030-06-04T08:10 ended',
      ]);
      expect(sent).toHaveLength(2);
      const deliveries = explanations['mina']?.enrolments.flatMap((enrolment) => enrolment.deliveries);
      expect(deliveries?.map(({ step, state }) => `${step} ${state}`)).toEqual([
        'cart-reminder#1 accepted',
        'cart-reminder-last#1 accepted',
      ]);
    } finally {
      await stage.close();
      await database.close();
      await server.stop();
    }
  });

  test('takes a reply without an id for the answer to the last message, and refuses one to nothing', async () => {
    const server = await startSimulationServer({ checkout });
    const stage = await openStage({ temporal: server });
    const [answered, early] = [await createTestDatabase(), await createTestDatabase()];
    const play = async (text: string, databaseUrl: string) =>
      simulate({ stage, databaseUrl, scenario: parseScenario(text, 'x'), journey: 'abandoned-cart' });
    const replied = await readFile(`${checkout}/examples/scenarios/replied-to-reminder.json`, 'utf8');
    try {
      const { timeline, sent } = await play(replied, answered.url);
      expect(sent).toHaveLength(1);
      expect(timeline.at(-1)?.text).toBe('abandoned-cart ends: replied');
      await expect(play(replied.replace('5 hours', '1 hour'), early.url)).rejects.toMatchObject({
        code: 'scenario-invalid',
        message: expect.stringContaining('steps.2.event is about the last message to "mina"'),
      });
    } finally {
      await stage.close();
      await Promise.all([answered.close(), early.close()]);
      await server.stop();
    }
  });

  test('refuses an event that is none, and names its place in the file', async () => {
    const server = await startSimulationServer({ checkout });
    const stage = await openStage({ temporal: server });
    const database = await createTestDatabase();
    try {
      const events = [
        { type: 'cart.emptied', customerId: 'mina', data: { cartId: 'a' } },
        { type: 'cart.update', data: {} },
      ];
      const scenario = parseScenario(JSON.stringify({ steps: [{ events }] }), 'x');
      const played = simulate({ stage, databaseUrl: database.url, scenario });
      await expect(played).rejects.toMatchObject({
        code: 'event-unknown-type',
        message: expect.stringMatching(/^steps\.0\.events\.1, type is "cart\.update": .* play it again\.$/),
      });
      await expect(played).rejects.not.toThrow('Event 0');
    } finally {
      await stage.close();
      await database.close();
      await server.stop();
    }
  });
});
