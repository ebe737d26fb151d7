import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../src/core/index.ts";
import { openQueue, openStorage } from "../../src/store/node/index.ts";
import type { StudyStorage } from "../../src/tune/index.ts";
import { type LossyProxy, lossyProxy } from "../lossy-proxy.ts";
import { PASSWORD, type Postgres, startPostgres, whyNoPostgres } from "../postgres.ts";
import { space, spec, storageConformance, trial } from "../storage-conformance.ts";

const missing = whyNoPostgres();

describe.skipIf(missing !== undefined)(`PostgreSQL${missing ? `, skipped: ${missing}` : ""}`, () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const run = async (text: string, database?: string) => {
    const client = new pg.Client(server.url(database));
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const through = (port: number, database?: string) => server.url(database).replace(`:${server.port}/`, `:${port}/`);

  storageConformance("PostgreSQL", () => openStorage(server.url()));

  describe("opening", () => {
    const failure = async (url: string, options = {}) => {
      const error = await openStorage(url, { patienceMs: 500, ...options }).then(
        (storage) => storage.close().then(() => undefined),
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(UsageError);
      const { message } = error as UsageError;
      expect(message).not.toContain(PASSWORD);
      return message;
    };

    test("says what is wrong with the address, and shows no password", async () => {
      const url = server.url();
      expect(await failure(url.replace(PASSWORD, "wrong"))).toMatch(
        /^postgres:\/\/argmin@127.*refuses this user or pass/,
      );
      expect(await failure(url.replace(`:${PASSWORD}`, ""))).toMatch(/refuses this user or password/);
      expect(await failure(server.url("nowhere"))).toMatch(/no such database \(.*"nowhere".*\); make it with createdb/);
      expect(await failure(through(1))).toMatch(/no server answers \(ECONNREFUSED\); start PostgreSQL, or mend host/);
      expect(await failure(url.replace("127.0.0.1", "no-such-host.invalid"))).toMatch(/there is no such host/);
      expect(await failure(`${url}?sslmode=verify-full`)).toMatch(/no secure connection could be made/);
    });

    test("makes nothing where it was told not to", async () => {
      await run("create database untouched");
      expect(await failure(server.url("untouched"), { create: false })).toMatch(/no study was ever kept here/);
      expect(await run("select nspname from pg_namespace where nspname like 'argmin%'", "untouched")).toEqual([]);
      await openStorage(server.url("untouched")).then((storage) => storage.close());
      await openStorage(server.url("untouched"), { create: false }).then((storage) => storage.close());
    });

    test("refuses a schema that is newer than the program, and leaves it as it is", async () => {
      await run("create database newer");
      await openStorage(server.url("newer")).then((storage) => storage.close());
      await run("update argmin.schema_version set version = 99; drop table argmin.reports", "newer");
      expect(await failure(server.url("newer"))).toMatch(/too new: its schema is version 99.*knows \d+; update argmin/);
      expect(await run("select to_regclass('argmin.reports') as there", "newer")).toEqual([{ there: null }]);
    });

    test("refuses a database that lacks characters, and a user that may not make tables", async () => {
      await run("create database latin encoding 'LATIN1' template template0 locale 'C'");
      expect(await failure(server.url("latin"))).toMatch(/keeps text as LATIN1, .*createdb --encoding=UTF8/);
      await run(`create database closed; `);
      await run(`create role weak login password 'weak'; `);
      const weak = server.url("closed").replace(`argmin:${PASSWORD}`, "weak:weak");
      expect(await failure(weak)).toMatch(/may not do that \(permission denied.*grant create on database/);
      await run("grant create on database closed to weak");
      await openStorage(weak).then((storage) => storage.close());
    });

    test("may be done by several at the same time, the first time too", async () => {
      await run("create database crowded");
      const opened = await Promise.all(Array.from({ length: 6 }, () => openStorage(server.url("crowded"))));
      await Promise.all(opened.map((storage, n) => storage.createStudy(spec(`study ${n}`), space)));
      expect(await opened[0].studies()).toHaveLength(6);
      await Promise.all(opened.map((storage) => storage.close()));
    });
  });

  test("a report that comes while the trial is being taken away is refused", async () => {
    const storage = await openStorage(server.url());
    const { id: study } = await storage.createStudy(spec("taken away"), space);
    await storage.addTrial(study, trial(0));
    const { token } = (await storage.claim(study, 0, "anna", 60_000, "runs"))!;
    const taking = new pg.Client(server.url());
    await taking.connect();
    await taking.query("begin");
    await taking.query("update argmin.trials set state = 'waiting', lost = 1 where study = $1", [study]);
    const late = storage.report({ study, trial: 0, token }, 1, { error: 0 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await taking.query("commit");
    expect(await late).toBe(false);
    expect(await storage.reports(study)).toEqual([]);
    await taking.end();
    await storage.close();
  });

  describe("a connection that breaks", () => {
    let storage: StudyStorage;
    let proxy: LossyProxy;
    let studies = 0;
    beforeAll(async () => {
      proxy = await lossyProxy(server.port);
      storage = await openStorage(through(proxy.port));
    });
    afterAll(async () => {
      await storage?.close();
      await proxy?.close();
    });
    const made = async () => (await storage.createStudy(spec(`lost ${studies++}`), space)).id;
    const taken = async (study: number, number = 0) => {
      await storage.addTrial(study, trial(number));
      const { token } = (await storage.claim(study, number, "anna", 60_000, "runs"))!;
      return { study, trial: number, token };
    };
    /** What a call answers whose first answer is lost. */
    const unheard = async <T>(request: RegExp, call: () => Promise<T>) => {
      const before = proxy.lost;
      proxy.loseAnswerTo(request);
      const answer = await call();
      expect(proxy.lost).toBe(before + 1);
      return answer;
    };

    test("loses no study and no space, and makes none twice", async () => {
      const study = await unheard(/commit/, () => storage.createStudy(spec("unheard"), space));
      expect(study.spaces).toHaveLength(1);
      expect(await unheard(/commit/, () => storage.addSpace(study.id, space))).toBe(1);
      expect((await storage.study("unheard"))!.spaces).toHaveLength(2);
    });

    test("loses no trial: what was done is known to be done", async () => {
      const study = await made();
      const added = await unheard(/insert into/, () => storage.addTrial(study, trial(0)));
      expect(added).toMatchObject({ number: 0, state: "waiting" });
      const claimed = await unheard(/update/, () => storage.claim(study, 0, "anna", 60_000, "runs"));
      expect(claimed).toMatchObject({ state: "running", token: 1, worker: "anna" });
      const lease = { study, trial: 0, token: 1 };
      expect(await unheard(/update/, () => storage.renew(lease, 60_000))).toBe(true);
      expect(await unheard(/insert into/, () => storage.report(lease, 1, { error: 0.5 }))).toBe(true);
      expect(await unheard(/update/, () => storage.end(lease, { state: "paused" }))).toBe(true);
      expect(await unheard(/update/, () => storage.promote(study, 0, 20))).toBe(true);
      const { token } = (await storage.claim(study, 0, "bert", 60_000, "runs"))!;
      expect(await unheard(/update/, () => storage.end({ ...lease, token }, { state: "complete" }))).toBe(true);
      expect(await storage.trials(study)).toMatchObject([{ state: "complete", token: 2, step: 1 }]);
      expect(await unheard(/insert/, () => storage.addTrial(study, trial(0)))).toBeUndefined();
      expect(await unheard(/update/, () => storage.end(lease, { state: "failed" }))).toBe(false);
    });

    test("loses none of those that are released", async () => {
      const study = await made();
      for (const number of [0, 1, 2]) await taken(study, number);
      const released = await unheard(/update/, () => storage.release(study, 3, ["anna"]));
      expect(released).toEqual({ waiting: [0, 1, 2], stale: [] });
      expect((await storage.trials(study)).map((of) => of.lost)).toEqual([1, 1, 1]);
    });

    test.each(["fast", "crash"] as const)("is made anew when the server comes back (%s)", async (how) => {
      const study = await made();
      const lease = await taken(study);
      await server.restart(how);
      expect(await storage.report(lease, 1, { error: 0.5 })).toBe(true);
      await server.halt(how);
      const calls = [storage.report(lease, 2, { error: 0.4 }), storage.renew(lease, 60_000), storage.trials(study)];
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.start();
      expect(await Promise.all(calls)).toMatchObject([true, true, [{ number: 0 }]]);
      expect(await storage.end(lease, { state: "complete" })).toBe(true);
      expect((await storage.reports(study)).map((of) => of.step)).toEqual([1, 2]);
    });

    test("is an error in the end, which says what to do", async () => {
      const impatient = await openStorage(server.url(), { patienceMs: 1200 });
      await server.halt();
      try {
        const error = await impatient.studies().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UsageError);
        expect((error as UsageError).message).toMatch(
          /^postgres:\/\/argmin@127.*has not answered for \d+ s \(ECONNREFUSED\); start it again and go on/,
        );
      } finally {
        await server.start();
        await impatient.close();
      }
    });
  });

  describe("a queue", () => {
    test("hands out each job once, to one of those who wait, the one that waited longest first", async () => {
      const [coordinator, ...workers] = await Promise.all([1, 2, 3].map(() => openQueue(server.url())));
      for (const number of [4, 1, 4]) await coordinator.send(1, number);
      expect((await workers[0].fetch(1))?.trial).toBe(4);
      expect((await workers[1].fetch(1))?.trial).toBe(1);
      expect(await workers[0].fetch(1)).toBeUndefined();
      expect(await workers[0].fetch(2)).toBeUndefined();
      const waiting = workers.map((worker) => worker.fetch(1, 1500));
      await coordinator.send(1, 9);
      const jobs = (await Promise.all(waiting)).filter((job) => job !== undefined);
      expect(jobs).toMatchObject([{ study: 1, trial: 9 }]);
      await coordinator.done(jobs[0]);
      await coordinator.done(jobs[0]);
      expect((await run("select count(*)::int as n from argmin_queue.job where state = 'completed'"))[0].n).toBe(1);
      await Promise.all([coordinator, ...workers].map((queue) => queue.close()));
    });

    test("brings a job again whose worker was lost", async () => {
      const queue = await openQueue(server.url());
      await queue.send(3, 0);
      const job = (await queue.fetch(3))!;
      await run(`update argmin_queue.job set started_on = now() - interval '2 minutes' where id = '${job.id}';
        update argmin_queue.version set maintained_on = null`);
      const { default: PgBoss } = await import("pg-boss");
      const sql = { executeSql: (text: string) => run(text).then((rows) => ({ rows })) };
      await new PgBoss({ db: sql, schema: "argmin_queue", schedule: false }).expire();
      expect(await queue.fetch(3)).toMatchObject({ id: job.id, trial: 0 });
      await queue.close();
    });

    test("gives nothing to who waits when it is closed, at once", async () => {
      const queue = await openQueue(server.url());
      const waiting = queue.fetch(4, 60_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await queue.close();
      expect(await waiting).toBeUndefined();
      expect(await queue.fetch(4, 60_000)).toBeUndefined();
    });

    test("survives the database's restart, and says in the end that it is away", async () => {
      const [queue, impatient] = [await openQueue(server.url()), await openQueue(server.url(), { patienceMs: 1100 })];
      await queue.send(5, 0);
      const waiting = queue.fetch(6, 20_000);
      await server.restart("crash", 300);
      await queue.send(6, 1);
      expect(await waiting).toMatchObject({ study: 6, trial: 1 });
      expect(await queue.fetch(5)).toMatchObject({ study: 5, trial: 0 });
      await server.halt();
      try {
        await expect(impatient.fetch(5, 5000)).rejects.toThrow(/has not answered for \d+ s \(ECONNREFUSED\); start it/);
      } finally {
        await server.start();
        await Promise.all([queue.close(), impatient.close()]);
      }
    });

    test("is on PostgreSQL", async () => {
      await expect(openQueue("sqlite:studies.db")).rejects.toThrow(
        /^studies.db: workers of many machines .* give postgr/,
      );
    });
  });
});
