package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Where the members of a cluster are reached, as far as this process knows. Members of one cluster in one process share it.
 *
 * <p>Ratis keeps the address of a peer for as long as the process lives. It is therefore given names that never change, see
 * {@link #target}, and {@link MemberNames} looks them up here.
 *
 * <p><b>Threads.</b> Thread-safe; listeners are called by whoever brings news, without a lock. <b>Lifetime.</b> Each {@link
 * #open} needs one {@link #close}.
 */
public final class AddressBook implements AutoCloseable {
    /** What a target of gRPC begins with if its address is found here. */
    static final String SCHEME = "hightower-member";

    /** Guards the books and their number of users. */
    private static final ReentrantLock BOOKS_LOCK = new ReentrantLock();

    private static final Map<ClusterId, AddressBook> BOOKS = new HashMap<>();

    private final ClusterId cluster;

    /** Guarded by the lock of all books. */
    private int users;

    /** Guards the two fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<MemberId, String> addresses = new HashMap<>();
    private long revision = -1;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private record Listener(MemberId member, Consumer<String> news) {}

    private AddressBook(ClusterId cluster) {
        this.cluster = cluster;
    }

    /** Returns the book of a cluster. */
    public static AddressBook open(ClusterId cluster) {
        MemberNames.register();
        BOOKS_LOCK.lock();
        try {
            AddressBook book = BOOKS.computeIfAbsent(cluster, AddressBook::new);
            book.users++;
            return book;
        } finally {
            BOOKS_LOCK.unlock();
        }
    }

    /** Returns the book of a cluster, if a member of it runs in this process. */
    static Optional<AddressBook> find(String cluster) {
        BOOKS_LOCK.lock();
        try {
            return BOOKS.values().stream()
                    .filter(book -> book.cluster.toString().equals(cluster))
                    .findFirst();
        } finally {
            BOOKS_LOCK.unlock();
        }
    }

    /** Returns what stands for the address of a member wherever gRPC wants one; it never changes. */
    public static String target(ClusterId cluster, MemberId member) {
        return SCHEME + ":///" + cluster + "/" + member;
    }

    /**
     * Takes note of addresses.
     *
     * @param known the addresses by member; who is missing keeps the last one
     * @param atRevision of what moment they are; older than the newest news they are passed over
     */
    public void learn(Map<MemberId, String> known, long atRevision) {
        List<MemberId> changed = new ArrayList<>();
        lock.lock();
        try {
            if (atRevision < revision) {
                return;
            }
            revision = atRevision;
            known.forEach((member, address) -> {
                if (!address.equals(addresses.put(member, address))) {
                    changed.add(member);
                }
            });
        } finally {
            lock.unlock();
        }
        for (MemberId member : changed) {
            listeners.stream()
                    .filter(listener -> listener.member().equals(member))
                    .forEach(listener -> addressOf(member).ifPresent(listener.news()));
        }
    }

    /** Returns where a member is reached. */
    public Optional<String> addressOf(MemberId member) {
        lock.lock();
        try {
            return Optional.ofNullable(addresses.get(member));
        } finally {
            lock.unlock();
        }
    }

    /** Has {@code news} told the address of a member, now if it is known, and whenever it changes; until the result runs. */
    Runnable follow(MemberId member, Consumer<String> news) {
        Listener listener = new Listener(member, news);
        listeners.add(listener);
        addressOf(member).ifPresent(news);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        BOOKS_LOCK.lock();
        try {
            users--;
            if (users == 0) {
                BOOKS.remove(cluster);
            }
        } finally {
            BOOKS_LOCK.unlock();
        }
    }
}
