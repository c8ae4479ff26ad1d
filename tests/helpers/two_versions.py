"""A softer version of a shipped profile, to be compared with the saved one."""

KNEADING = 7


def softer(level=0.3, index=KNEADING):
    """The edit that gives a step of `relaxing-back` another level."""

    def change(profile):
        step = profile.step[index].model_copy(update={"level": level})
        return profile.model_copy(update={"step": (*profile.step[:index], step, *profile.step[index + 1 :])})

    return change
