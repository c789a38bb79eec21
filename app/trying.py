"""Trying a claim: it is run in the background, one seed after the other, and scored anew after each."""

from background import AT_ONCE, Job

from tensorbrain.brain import Brain
from tensorbrain.claims.claim import Claim, Config
from tensorbrain.claims.scoreboard import Scored, score, together


class Trial(Job):
    """A claim being run with its dial where the visitor put it. Raises TensorBrainError where the server has no place.

    ``scored`` is what the seeds so far come to, None before the first is done.
    """

    def __init__(self, claim: Claim, brain: Brain, seeds: tuple[int, ...], config: Config) -> None:
        self.claim, self.brain, self.seeds, self.config = claim, brain, seeds, config
        self.scored: Scored | None = None
        super().__init__(
            claim.name,
            self._try,
            full=f"{AT_ONCE} long jobs are running on this server just now: try again in a minute",
            failed="the run failed, and the server's log says why: run `tensorbrain claims` at home to see it",
        )

    def _try(self) -> None:
        for seed in self.seeds:
            if self.ends():
                return
            one = score(self.claim, self.brain, seeds=(seed,), config=self.config)
            self.scored = one if self.scored is None else together(self.scored, one)
