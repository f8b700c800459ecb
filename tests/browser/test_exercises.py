"""The exercises in a real browser: blank ones run through, and one goes from wrong to right."""

from lab import wait_until

SET_SOURCE = """
async ([place, source]) => window.opened.content.widgets[place].model.sharedModel.setSource(source)
"""


def test_blank_exercises_run_through_saying_to_do(lab, opened):
    opened("exercises", "sampling")
    lab.run_all()
    assert lab.output_errors() == []
    assert sum("to do" in output for output in lab.outputs()) == 5
    assert lab.problems == []


def test_an_exercise_from_wrong_to_right(lab, opened, my):
    place = opened("exercises", "next_word")
    lab.run_cell(place("imports"))
    exercise = place("loss-yours")
    heading = '@mine("ngram.loss")\ndef loss(probabilities):\n'
    lab.ask(SET_SOURCE, [exercise, f"{heading}    return -math.log(sum(probabilities) / len(probabilities))"])
    lab.run_cell(exercise)
    lab.panel().get_by_text("You took the log of the mean").wait_for()
    lab.screenshot("exercise_wrong")
    good = "    return sum(-math.log(p) if p else math.inf for p in probabilities) / len(probabilities)"
    lab.ask(SET_SOURCE, [exercise, heading + good])
    lab.run_cell(exercise)
    lab.panel().get_by_text("The library runs yours now").wait_for()
    lab.screenshot("exercise_right")
    wait_until((my / "functions/ngram.loss.py").exists, what="the kept function")
    assert lab.problems == []
