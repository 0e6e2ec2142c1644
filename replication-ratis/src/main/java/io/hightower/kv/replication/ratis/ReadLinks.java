package io.hightower.kv.replication.ratis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.Channel;

/**
 * The questions to other members whether they lead: one link to each that was asked, and another one when it broke.
 *
 * <p><b>Threads.</b> Thread-safe, never blocks.
 */
final class ReadLinks implements AutoCloseable {
    private final Function<String, Optional<Channel>> channels;
    private final Executor executor;

    /** Guards the links. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, ReadLink> links = new HashMap<>();

    /**
     * Opens no link yet.
     *
     * @param channels the way to a member; nothing if no address is known
     * @param executor where answers arrive
     */
    ReadLinks(Function<String, Optional<Channel>> channels, Executor executor) {
        this.channels = channels;
        this.executor = executor;
    }

    /** Asks a member, as {@link ReadLink#ask} does. */
    CompletableFuture<Long> ask(String memberId) {
        Optional<ReadLink> link = linkTo(memberId);
        return link.isPresent()
                ? link.get().ask()
                : CompletableFuture.failedFuture(
                        new IllegalStateException("No address is known: memberId=" + memberId));
    }

    private Optional<ReadLink> linkTo(String memberId) {
        lock.lock();
        try {
            ReadLink link = links.get(memberId);
            if (link != null && !link.isBroken()) {
                return Optional.of(link);
            }
            Optional<ReadLink> opened = channels.apply(memberId).map(channel -> ReadLink.open(channel, executor));
            opened.ifPresent(fresh -> links.put(memberId, fresh));
            return opened;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<ReadLink> closed;
        lock.lock();
        try {
            closed = List.copyOf(links.values());
            links.clear();
        } finally {
            lock.unlock();
        }
        closed.forEach(ReadLink::close);
    }
}
