package io.hightower.kv.benchmarks.candidate;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.storage.log.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** This project's engine as any program uses it, with its defaults except when it syncs and what else its opener changes. */
public final class HightowerCandidate implements Candidate {
    private final LocalEngine engine;

    private HightowerCandidate(LocalEngine engine) {
        this.engine = engine;
    }

    static Candidate open(Path directory, Durability durability) {
        return open(directory, durability, UnaryOperator.identity());
    }

    /**
     * Opens the engine in {@code directory}, creating what is missing.
     *
     * @param change changes further knobs
     */
    public static HightowerCandidate open(Path directory, Durability durability, UnaryOperator<Options> change) {
        SyncPolicy sync = durability == Durability.SYNCED ? SyncPolicy.everyWrite() : SyncPolicy.never();
        Options options = Options.at(directory).withSync(sync);
        return new HightowerCandidate(Hightower.open(change.apply(options)));
    }

    /** Returns the engine itself, for what no other store has. It is closed with this. */
    public LocalEngine engine() {
        return engine;
    }

    @Override
    public void put(byte[] key, byte[] value) {
        engine.put(key, value);
    }

    @Override
    public void putAll(List<byte[]> keys, List<byte[]> values) {
        List<Command> commands = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            commands.add(Command.put(Bytes.wrap(keys.get(i)), Bytes.wrap(values.get(i))));
        }
        engine.submitBatch(commands);
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        return engine.get(key);
    }

    @Override
    public int scan(byte[] from, int limit) {
        KeyRange range = KeyRange.startingAt(Bytes.copyOf(from));
        return engine.readWith(view -> scan(view, range, limit));
    }

    private static int scan(ReadView view, KeyRange range, int limit) {
        int entries = 0;
        long bytes = 0;
        try (ReadView.KeyCursor cursor = view.cursor(range)) {
            while (entries < limit && cursor.next()) {
                KeyValue current = cursor.current();
                bytes += current.key().length() + current.value().length();
                entries++;
            }
        }
        return bytes < 0 ? -1 : entries;
    }

    @Override
    public void delete(byte[] key) {
        engine.delete(key);
    }

    @Override
    public void sync() {
        engine.flush();
    }

    @Override
    public void flushMemory() {
        engine.runCompactionNow();
    }

    @Override
    public void checkpoint(Path target) {
        engine.checkpoint(target);
    }

    @Override
    public void close() {
        engine.close();
    }
}
