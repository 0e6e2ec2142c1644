package io.hightower.kv.replication.ratis;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.RaftClientReply;

/** A member called {@code me}, of which the test says whom it knows to lead. Its log takes everything. Thread-safe. */
final class ScriptedMember implements Proposer.Member {
    private final AtomicLong callIds = new AtomicLong();
    private final List<Batch> logged = new CopyOnWriteArrayList<>();
    private volatile long termLed = -1;
    private volatile boolean ready;
    private volatile Optional<String> leader = Optional.empty();

    void follows(String other) {
        ready = false;
        termLed = -1;
        leader = Optional.of(other);
    }

    void knowsNoLeader() {
        ready = false;
        termLed = -1;
        leader = Optional.empty();
    }

    void leadsInTerm(long term) {
        leader = Optional.of(peerId());
        termLed = term;
        ready = true;
    }

    /** Another member leads, and this one still takes itself for the leader of that term. */
    void follows(String other, long termBelievedLed) {
        ready = false;
        leader = Optional.of(other);
        termLed = termBelievedLed;
    }

    /** Returns what the log took, in order. */
    List<Batch> logged() {
        return logged;
    }

    @Override
    public boolean leads() {
        return ready;
    }

    @Override
    public long termLed() {
        return termLed;
    }

    /** Returns the term in which it leads and is ready; -1 if there is none. */
    long termReady() {
        return ready ? termLed : -1;
    }

    @Override
    public Optional<String> leaderId() {
        return leader;
    }

    @Override
    public String peerId() {
        return "me";
    }

    @Override
    public long nextCallId() {
        return callIds.incrementAndGet();
    }

    @Override
    public CompletableFuture<RaftClientReply> submit(Batch batch) {
        logged.add(batch);
        return new CompletableFuture<>();
    }
}
