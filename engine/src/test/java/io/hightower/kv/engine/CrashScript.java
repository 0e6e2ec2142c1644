package io.hightower.kv.engine;

import io.hightower.kv.engine.SimulatedStore.Knobs;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Lives of stores whose power is cut everywhere. Each flushes, merges, trims and recycles its log, and more. */
@SuppressWarnings("ImmutableEnumChecker") // Written once, then only read.
enum CrashScript {
    /** Overwrites, deletes, batches, versions and releases, merged down to the second level. */
    OVERWRITES(Knobs.tiny().withBackgroundEvery(7), CrashScript::overwrites),
    /** The same with all versions kept, through a kill. */
    HISTORY(Knobs.tiny().withHistory(true).withLog(4 << 10, 0).withBackgroundEvery(5), CrashScript::history),
    /** History kept, not kept, and kept again. */
    HISTORY_NOW_AND_THEN(Knobs.tiny().withHistory(true), CrashScript::historyNowAndThen),
    /** So many flushes that history files are joined and merges go on. */
    MANY_FLUSHES(Knobs.tiny().withHistory(true), CrashScript::manyFlushes),
    /** Three snapshots installed over what was there. */
    INSTALLED_SNAPSHOTS(Knobs.tiny().withLog(1 << 10, 0).withBackgroundEvery(6), CrashScript::installedSnapshots),
    /** A copy of the store in another directory, and the store goes on. */
    COPY(Knobs.tiny().withHistory(true).withBackgroundEvery(8), CrashScript::copy),
    /** Segments archived and recycled, groups longer than a segment. */
    ARCHIVED_LOG(Knobs.tiny().withLog(1 << 10, 2), CrashScript::archivedLog),
    /** Tombstones released in portions while older versions of their keys lie in lower levels. */
    TOMBSTONES(Knobs.tiny(), CrashScript::tombstones);

    private final Knobs knobs;
    private final List<CrashStep> steps = new ArrayList<>();

    CrashScript(Knobs knobs, Consumer<CrashScript> writing) {
        this.knobs = knobs;
        writing.accept(this);
    }

    Knobs knobs() {
        return knobs;
    }

    List<CrashStep> steps() {
        return steps;
    }

    /** Whether all versions were kept all the time. */
    boolean keepsHistory() {
        return knobs.store().keepHistory()
                && steps.stream()
                        .allMatch(step -> !(step instanceof CrashStep.Reopen reopen)
                                || reopen.knobs().store().keepHistory());
    }

    static Bytes key(int number) {
        return Bytes.utf8("key" + (char) ('a' + number % 26) + number % 100);
    }

    /** Returns bytes that LZ4 makes about half as long. */
    static Bytes value(int salt, int length) {
        byte[] value = new byte[length];
        int state = salt;
        for (int i = 0; i < length; i++) {
            state = state * 1103515245 + 12345;
            value[i] = (byte) (i % 16 < 8 ? state >>> 16 : i % 16);
        }
        return Bytes.wrap(value);
    }

    private void add(CrashStep step) {
        steps.add(step);
    }

    private void put(int key, int salt, int length) {
        add(new CrashStep.Write(Command.put(key(key), value(salt, length))));
    }

    private void puts(int from, int until, int step, int length) {
        for (int i = from; i < until; i += step) {
            put(i, i + length, length);
        }
    }

    private void delete(int key) {
        add(new CrashStep.Write(Command.delete(key(key))));
    }

    private void batch(Command... commands) {
        add(new CrashStep.Write(new Command.Batch(List.of(commands))));
    }

    private void release(long throughRevision, int countMax) {
        add(new CrashStep.Write(new Command.ReleaseTombstones(throughRevision, countMax)));
    }

    private void reopen(boolean killed, Knobs changed) {
        add(new CrashStep.Reopen(killed, changed));
    }

    private void overwrites() {
        puts(0, 24, 1, 200);
        delete(3);
        batch(
                Command.put(key(1), value(1, 300)),
                Command.put(key(3), value(2, 300)),
                Command.delete(key(4)),
                Command.put(key(1), value(3, 10)));
        add(new CrashStep.Write(new Command.Put(key(5), value(4, 100), 900)));
        add(new CrashStep.Write(new Command.Put(key(5), value(5, 100), 899)));
        puts(24, 44, 1, 200);
        add(new CrashStep.Write(new Command.DeleteRange(KeyRange.prefix(Bytes.utf8("keyk")))));
        add(new CrashStep.Write(new Command.Delete(key(50), 1_000)));
        add(new CrashStep.Checkpoint());
        puts(0, 40, 3, 250);
        release(30, 2);
        release(1_000, 1_000);
        add(new CrashStep.Compact());
        puts(1, 20, 4, 180);
        reopen(false, knobs);
        puts(0, 30, 2, 220);
        add(new CrashStep.Flush());
        add(new CrashStep.Tend());
    }

    private void history() {
        for (int round = 0; round < 4; round++) {
            puts(0, 13, 1, 150 + 10 * round);
            delete(round);
            delete(round + 7);
        }
        batch(Command.put(key(1), value(1, 100)), Command.delete(key(2)), Command.put(key(2), value(2, 100)));
        reopen(true, knobs);
        puts(0, 13, 2, 210);
        release(25, 100);
        add(new CrashStep.Compact());
        puts(5, 20, 1, 170);
        add(new CrashStep.Checkpoint());
        reopen(false, knobs);
        puts(0, 10, 3, 100);
    }

    private void historyNowAndThen() {
        puts(0, 22, 1, 200);
        delete(4);
        add(new CrashStep.Checkpoint());
        reopen(false, knobs.withHistory(false));
        puts(0, 20, 1, 190);
        delete(5);
        puts(0, 10, 1, 180);
        reopen(true, knobs.withHistory(true));
        puts(0, 22, 1, 210);
        delete(6);
        release(20, 10);
        puts(2, 22, 1, 205);
        add(new CrashStep.Compact());
        puts(0, 5, 1, 30);
    }

    private void manyFlushes() {
        for (int i = 0; i < 19; i++) {
            put(i % 5, i, 60);
            put(10 + i, i, 60);
            if (i % 4 == 3) {
                delete(i % 5);
            }
            add(new CrashStep.Checkpoint());
        }
        release(12, 10);
        put(0, 99, 60);
        add(new CrashStep.Checkpoint());
        put(0, 98, 60);
    }

    private void installedSnapshots() {
        puts(0, 20, 1, 200);
        delete(1);
        add(new CrashStep.Install(Donors.FIRST));
        puts(0, 20, 2, 210);
        add(new CrashStep.Install(Donors.SECOND));
        put(3, 3, 100);
        delete(10);
        reopen(true, knobs);
        puts(0, 20, 1, 205);
        add(new CrashStep.Install(Donors.THIRD));
        reopen(false, knobs);
        puts(0, 9, 1, 80);
        add(new CrashStep.Compact());
        put(0, 1, 10);
    }

    private void copy() {
        puts(0, 22, 1, 200);
        delete(7);
        puts(3, 30, 2, 180);
        add(new CrashStep.CopyAway());
        puts(0, 30, 1, 190);
        delete(8);
        add(new CrashStep.Compact());
        puts(0, 30, 4, 20);
        reopen(false, knobs);
        put(1, 77, 40);
    }

    private void archivedLog() {
        for (int round = 0; round < 3; round++) {
            puts(0, 12, 1, 150 + round);
            put(20 + round, round, 2_500);
            delete(2 + round);
            put(30 + round, round, 1_200);
            add(new CrashStep.Tend());
        }
        reopen(true, knobs);
        puts(0, 12, 1, 99);
        put(40, 40, 3_000);
        add(new CrashStep.Checkpoint());
        puts(0, 12, 1, 101);
        reopen(false, knobs.withLog(2 << 10, 0));
        puts(0, 10, 1, 103);
        add(new CrashStep.Checkpoint());
        puts(0, 4, 1, 104);
    }

    private void tombstones() {
        puts(0, 30, 1, 200);
        add(new CrashStep.Compact());
        for (int i = 0; i < 30; i += 3) {
            delete(i);
        }
        add(new CrashStep.Checkpoint());
        release(1_000, 3);
        put(0, 1, 100);
        delete(0);
        release(34, 3);
        add(new CrashStep.Checkpoint());
        release(1_000, 100);
        reopen(true, knobs);
        puts(1, 30, 3, 210);
        add(new CrashStep.Write(new Command.DeleteRange(KeyRange.all())));
        release(1_000, 5);
        add(new CrashStep.Compact());
        put(1, 2, 50);
        release(1_000, 100);
        add(new CrashStep.Compact());
        puts(0, 5, 1, 50);
        delete(2);
        reopen(false, knobs);
        release(1_000, 100);
        put(2, 5, 50);
    }

    /** Made when the first script needs them. */
    private static final class Donors {
        static final CrashDonor FIRST = CrashDonor.of(1);
        static final CrashDonor SECOND = CrashDonor.of(5);
        static final CrashDonor THIRD = CrashDonor.of(9);
    }
}
