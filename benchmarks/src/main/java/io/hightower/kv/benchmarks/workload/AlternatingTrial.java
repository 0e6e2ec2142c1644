package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Candidate;
import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.measure.Alternation;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** An open store on which several operations alternate. */
record AlternatingTrial(Candidate candidate, Path directory, Plan plan, Alternation alternation) implements Trial {
    @Override
    public Sample measure(long nanos) {
        return alternation.run(nanos);
    }

    @Override
    public void settle() {
        candidate.sync();
        plan.settle();
    }

    @Override
    public void close() {
        candidate.close();
        DeletedTree.delete(directory);
    }
}
