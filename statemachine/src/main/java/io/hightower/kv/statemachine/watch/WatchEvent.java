package io.hightower.kv.statemachine.watch;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key, as watchers see it. The same object goes to all of them, and so does every form of it that a
 * transport needs. <b>Immutable</b>, but for what is kept to be made once. <b>Thread-safe.</b>
 */
public final class WatchEvent {
    /** Tags, lengths and four numbers, in any form. */
    private static final int NUMBERS_BYTES = 64;

    private final KeyRecord written;
    private final @Nullable KeyValue previous;

    /** This event without {@link #previous}, made for the first watcher that did not ask for it. */
    private volatile @Nullable WatchEvent bare;

    private final AtomicReference<@Nullable Made> made = new AtomicReference<>();

    /** What a change did to its key. */
    public enum Kind {
        /** The key holds a value since. */
        PUT,
        /** The key holds none since. */
        DELETE
    }

    /** A way to show events to one kind of reader. Compared by identity: keep one. */
    public static final class Form<T> {
        private final Function<WatchEvent, T> maker;

        /** Makes a form; {@code maker} depends on nothing but the event. */
        public Form(Function<WatchEvent, T> maker) {
            this.maker = maker;
        }
    }

    /** A list of what was made for forms. */
    private record Made(
            Form<?> form, Object value, @Nullable Made others) {}

    /**
     * Makes an event.
     *
     * @param written the value, or the tombstone
     * @param previous what the key held at the revision before; nothing if it held nothing, or if nobody asked
     */
    public WatchEvent(KeyRecord written, Optional<KeyValue> previous) {
        this.written = written;
        this.previous = previous.orElse(null);
    }

    /** Returns what the change did. */
    public Kind kind() {
        return written.live() ? Kind.PUT : Kind.DELETE;
    }

    /** Returns the key. */
    public Bytes key() {
        return written.key();
    }

    /** Returns the main revision of the change. */
    public long revision() {
        return written.modified().main();
    }

    /** Returns what the key holds since; nothing if it was deleted. */
    public Optional<KeyValue> current() {
        return written.live() ? Optional.of(written.toKeyValue()) : Optional.empty();
    }

    /** Returns what the key held before, if the watch asked for it, the key held something, and history still has it. */
    public Optional<KeyValue> previous() {
        return Optional.ofNullable(previous);
    }

    /** Tells whether the change began a life of the key. */
    public boolean isCreation() {
        return written.live() && written.createRevision() == written.modified().main();
    }

    /** Returns the event for watchers that did not ask for what was before. */
    public WatchEvent withoutPrevious() {
        if (previous == null) {
            return this;
        }
        WatchEvent known = bare;
        if (known == null) {
            known = new WatchEvent(written, Optional.empty());
            bare = known;
        }
        return known;
    }

    /** Returns the event in a form. It is made once, and shared by all who ask. */
    @SuppressWarnings("unchecked")
    public <T> T in(Form<T> form) {
        while (true) {
            Made first = made.get();
            for (Made known = first; known != null; known = known.others()) {
                if (known.form() == form) {
                    return (T) known.value();
                }
            }
            T value = Objects.requireNonNull(form.maker.apply(this));
            if (made.compareAndSet(first, new Made(form, value, first))) {
                return value;
            }
        }
    }

    /** Returns about how many bytes the event takes in a message. */
    public int bytes() {
        int bytes = NUMBERS_BYTES + written.key().length() + written.value().length();
        KeyValue before = previous;
        return before == null
                ? bytes
                : bytes + before.key().length() + before.value().length();
    }

    @Override
    public String toString() {
        return kind() + " " + key() + " at " + written.modified().main() + "."
                + written.modified().sub();
    }
}
