package io.hightower.kv.replication.ratis.read;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who leads, as a test says. The member is called {@code me}. */
final class ScriptedLeadership implements Leadership {
    private long term = 5;
    private long committed = 10;
    private Optional<String> leader = Optional.of("me");
    private List<List<String>> configurations = List.of(List.of("me", "b", "c"));

    void leadsInTerm(long changed) {
        term = changed;
        leader = changed < 0 ? Optional.empty() : Optional.of("me");
    }

    void follows(String other) {
        term = -1;
        leader = Optional.of(other);
    }

    void hasCommitted(long changed) {
        committed = changed;
    }

    void votersAre(List<String> voters) {
        configurations = List.of(voters);
    }

    /** Both have to have a majority. */
    void votersAre(List<String> present, List<String> former) {
        configurations = List.of(present, former);
    }

    @Override
    public long termReady() {
        return term;
    }

    @Override
    public long committedIndex() {
        return committed;
    }

    @Override
    public boolean isMajority(Predicate<String> acknowledged) {
        return configurations.stream().allMatch(voters -> {
            long count = voters.stream()
                    .filter(voter -> voter.equals("me") || acknowledged.test(voter))
                    .count();
            return 2 * count > voters.size();
        });
    }

    @Override
    public Optional<String> leaderId() {
        return leader;
    }
}
