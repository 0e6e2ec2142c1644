package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;

/** A directory that a store has worked in, and what is found of it. */
final class StoreDirectory {
    static final Bytes STORE_ID = Bytes.utf8("0123456789abcdef");
    private static final int SEGMENT_BYTES = 640;

    final SimulatedDisk disk = SimulatedDisk.empty();
    final List<Finding> heard = new ArrayList<>();
    final List<String> read = new ArrayList<>();

    /** Entries that are in no table. */
    static final int LOG_ENTRIES = 34;

    /** Makes one with two flushed tables, history, and a log of which the last entries are in no table. */
    static StoreDirectory used() {
        StoreDirectory directory = new StoreDirectory();
        directory.work();
        return directory;
    }

    private void work() {
        StoreIdentity.openOrCreate(disk, () -> STORE_ID);
        StoreOptions options = StoreOptions.ofMemory(8 << 20).withKeepHistory(true);
        LogOptions logOptions =
                LogOptions.defaults(STORE_ID).withSegmentBytes(SEGMENT_BYTES).withBackground(Runnable::run);
        try (LogStructuredStore store =
                        LogStructuredStore.open(disk, STORE_ID, options, BackgroundWork.onCallersThread());
                SegmentedCommitLog log = SegmentedCommitLog.open(disk, logOptions)) {
            log.replay(1, (index, payload) -> {});
            KvState state = new KvState(store);
            for (int number = 0; number < 80; number++) {
                apply(log, state, Command.put(key(number % 40), Bytes.utf8("value " + number)));
                if (number == 20 || number == 45) {
                    apply(log, state, Command.delete(key(3)));
                    store.checkpoint();
                }
            }
        }
    }

    private static void apply(SegmentedCommitLog log, KvState state, Command command) {
        Entry entry = new Entry(1000, List.of(command));
        long index = log.lastIndex() + 1;
        log.append(index, EntryCodec.encode(entry));
        log.commit();
        state.apply(new LogPosition(0, index), entry);
    }

    static Bytes key(int number) {
        return Bytes.utf8("key-" + number);
    }

    /** Checks the directory anew. */
    VerificationReport verify() {
        heard.clear();
        read.clear();
        return DirectoryVerification.run(disk, new VerificationListener() {
            @Override
            public void reading(String what, long bytesDone, long bytesTotal) {
                read.add(what);
            }

            @Override
            public void found(Finding finding) {
                heard.add(finding);
            }
        });
    }

    /** Returns the lines of a file. */
    List<String> inspect(String name) {
        return inspect(name, new InspectionOptions(true, Long.MAX_VALUE, Bytes::toUtf8));
    }

    List<String> inspect(String name, InspectionOptions options) {
        List<String> lines = new ArrayList<>();
        FileInspection.run(disk, name, options, lines::add);
        return lines;
    }

    /** Returns the first file whose name has these ends. */
    String file(String prefix, String suffix) {
        return files(prefix, suffix).get(0);
    }

    List<String> files(String prefix, String suffix) {
        return disk.list().stream()
                .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                .toList();
    }
}
