package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.kv.AcknowledgedIsDurable;
import io.hightower.kv.cluster.guarantees.kv.AnswerEqualsReplay;
import io.hightower.kv.cluster.guarantees.kv.CompactionLaw;
import io.hightower.kv.cluster.guarantees.kv.HistoricReadEqualsReplay;
import io.hightower.kv.cluster.guarantees.kv.LeaseLaw;
import io.hightower.kv.cluster.guarantees.kv.MembersAgree;
import io.hightower.kv.cluster.guarantees.kv.NewestReadEqualsReplay;
import io.hightower.kv.cluster.guarantees.kv.RevisionLaw;
import io.hightower.kv.cluster.guarantees.kv.TxnIsAtomic;
import io.hightower.kv.cluster.guarantees.kv.VersionLaw;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.cluster.guarantees.watch.AtomicRevision;
import io.hightower.kv.cluster.guarantees.watch.Bookmarkable;
import io.hightower.kv.cluster.guarantees.watch.CompactedStart;
import io.hightower.kv.cluster.guarantees.watch.CreatedFirst;
import io.hightower.kv.cluster.guarantees.watch.Filter;
import io.hightower.kv.cluster.guarantees.watch.FutureStart;
import io.hightower.kv.cluster.guarantees.watch.IsCreateAndPrevious;
import io.hightower.kv.cluster.guarantees.watch.NotPremature;
import io.hightower.kv.cluster.guarantees.watch.Ordered;
import io.hightower.kv.cluster.guarantees.watch.Reliable;
import io.hightower.kv.cluster.guarantees.watch.Resumable;
import io.hightower.kv.cluster.guarantees.watch.Unique;
import java.util.List;
import java.util.stream.Stream;

/** The guarantees that every run is held against. */
public final class Guarantees {
    private static final List<Guarantee> KV = List.of(
            new RevisionLaw(),
            new AcknowledgedIsDurable(),
            new AnswerEqualsReplay(),
            new TxnIsAtomic(),
            new HistoricReadEqualsReplay(),
            new NewestReadEqualsReplay(),
            new VersionLaw(),
            new CompactionLaw(),
            new MembersAgree(),
            new LeaseLaw());

    private static final List<Guarantee> WATCH = List.of(
            new Ordered(),
            new Unique(),
            new AtomicRevision(),
            new Reliable(),
            new Resumable(),
            new Bookmarkable(),
            new IsCreateAndPrevious(),
            new Filter(),
            new CompactedStart(),
            new FutureStart(),
            new CreatedFirst(),
            new NotPremature());

    private Guarantees() {}

    /** Returns those about what operations are answered. */
    public static List<Guarantee> ofOperations() {
        return KV;
    }

    /** Returns those about what watchers are given. */
    public static List<Guarantee> ofWatches() {
        return WATCH;
    }

    /** Judges a run by all of them, in the order of their documentation. */
    public static List<Judgement> judge(History history) {
        return Stream.concat(KV.stream(), WATCH.stream())
                .map(guarantee -> guarantee.check(history))
                .toList();
    }
}
