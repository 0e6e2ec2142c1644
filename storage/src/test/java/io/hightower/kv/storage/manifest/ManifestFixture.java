package io.hightower.kv.storage.manifest;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.system.SystemId;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Manifests to work with. */
final class ManifestFixture {
    static final Bytes STORE_ID = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    static final Bytes OTHER_STORE_ID = Bytes.wrap(new byte[] {9, 9, 9, 9, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    static final TableMeta FLUSHED = table(4, "b", "y", 30);
    static final TableMeta LEFT = new TableMeta(
            new TableId(2, OTHER_STORE_ID), 1000, 0xfedcba98L, Bytes.utf8("a"), Bytes.utf8("k"), 2, 25, 10, 20, 3);
    static final TableMeta RIGHT = table(3, "l", "z", 20);
    static final HistoryMeta RELEASED =
            new HistoryMeta(new HistoryId(1, STORE_ID), 300, 17, HistoryMeta.TOMBSTONES_ONLY, 5, 9, 0, 4);
    static final HistoryMeta CHANGES = new HistoryMeta(new HistoryId(5, STORE_ID), 400, 18, 0, 10, 31, 9, 1);

    static final SystemMeta SYSTEM = new SystemMeta(new SystemId(6, STORE_ID), 200, 19);

    /** One of everything. */
    static final StoreManifest EXAMPLE = new StoreManifest(
            7,
            withSystem(applied(31)),
            7,
            10,
            List.of(List.of(FLUSHED), List.of(LEFT, RIGHT)),
            List.of(RELEASED, CHANGES),
            Optional.of(SYSTEM));

    private ManifestFixture() {}

    static AppliedState applied(long revision) {
        return new AppliedState(new LogPosition(3, 99), revision, 40, 4, 0, 1_700_000_000_000L, 20, 5, 0x1234);
    }

    private static AppliedState withSystem(AppliedState applied) {
        return new AppliedState(
                applied.position(),
                applied.revision(),
                applied.latestVersion(),
                applied.releasedRevision(),
                applied.compactRevision(),
                applied.logicalTimeMillis(),
                applied.liveKeys(),
                applied.tombstones(),
                applied.recordsHash(),
                0x5678);
    }

    static TableMeta table(long number, String firstKey, String lastKey, long maxMain) {
        return new TableMeta(
                new TableId(number, STORE_ID),
                100 + number,
                number,
                Bytes.utf8(firstKey),
                Bytes.utf8(lastKey),
                2,
                maxMain,
                2,
                2,
                0);
    }

    static StoreManifest with(List<List<TableMeta>> levels, List<HistoryMeta> history) {
        return new StoreManifest(7, applied(31), 6, 10, levels, history, Optional.empty());
    }

    static StoreManifest random(RandomGenerator random) {
        List<List<TableMeta>> levels = new ArrayList<>();
        long number = 1;
        int levelsCount = random.nextInt(5);
        for (int level = 0; level < levelsCount; level++) {
            List<TableMeta> tables = new ArrayList<>();
            int tablesCount = random.nextInt(6);
            for (int i = 0; i < tablesCount; i++) {
                tables.add(randomTable(random, number++, i));
            }
            levels.add(tables);
        }
        List<HistoryMeta> history = new ArrayList<>();
        long main = 1;
        int historyCount = random.nextInt(5);
        for (int i = 0; i < historyCount; i++) {
            long last = main + random.nextInt(1000);
            history.add(new HistoryMeta(
                    new HistoryId(number++, OTHER_STORE_ID),
                    1000 + random.nextInt(1 << 20),
                    random.nextLong() & 0xffff_ffffL,
                    main,
                    main,
                    last,
                    random.nextInt(1000),
                    1 + random.nextInt(1000)));
            main = last + 1;
        }
        long floor = history.isEmpty()
                ? random.nextInt(100)
                : history.get(history.size() - 1).firstMain();
        long revision = Long.MAX_VALUE - 1 - random.nextInt(100);
        Optional<SystemMeta> system = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new SystemMeta(
                        new SystemId(number++, random.nextBoolean() ? STORE_ID : OTHER_STORE_ID),
                        100 + (random.nextLong() >>> 30),
                        random.nextLong() & 0xffff_ffffL));
        return new StoreManifest(random.nextLong() >>> 1, applied(revision), number, floor, levels, history, system);
    }

    private static TableMeta randomTable(RandomGenerator random, long number, int place) {
        byte[] first = new byte[1 + random.nextInt(40)];
        random.nextBytes(first);
        first[0] = (byte) (2 * place);
        byte[] last = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 32 * 1024 : 40)];
        random.nextBytes(last);
        last[0] = (byte) (2 * place + 1);
        long min = random.nextLong() >>> 2;
        long keys = 1L + random.nextInt(1000);
        return new TableMeta(
                new TableId(number, random.nextBoolean() ? STORE_ID : OTHER_STORE_ID),
                1 + (random.nextLong() >>> 1) % (1L << 40),
                random.nextLong() & 0xffff_ffffL,
                Bytes.wrap(first),
                Bytes.wrap(last),
                min,
                min + random.nextInt(1000),
                keys,
                keys + random.nextInt(1000),
                random.nextInt((int) keys));
    }
}
