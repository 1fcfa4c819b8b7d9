# SPDX-License-Identifier: Apache-2.0
"""Trains an XGBoost classifier of wines and writes model/model.ubj, model/labels.txt and
expected.json.

    ./dev train wine_xgboost

Data: "Wine" of S. Aeberhard and M. Forina (UCI, CC BY 4.0), as scikit-learn ships it: 178 wines of
three growers, 13 measurements each.
"""

import json
import pathlib
import sys

import xgboost
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

LABELS = ["first grower", "second grower", "third grower"]
COLUMNS = [
    "alcohol", "malic_acid", "ash", "alkalinity", "magnesium", "phenols", "flavanoids",
    "other_phenols", "proanthocyanins", "colour", "hue", "od280_od315", "proline",
]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "model")
    wine = load_wine()
    x, held_out, y, truth = train_test_split(
        wine.data, wine.target, test_size=0.25, random_state=20, stratify=wine.target
    )
    settings = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "eta": 0.3,
                "nthread": 1, "seed": 20}
    model = xgboost.train(settings, xgboost.DMatrix(x, y, feature_names=COLUMNS), 20)
    found = model.predict(xgboost.DMatrix(held_out, feature_names=COLUMNS))
    print(f"held out: accuracy {(found.argmax(axis=1) == truth).mean():.3f} of {len(truth)}")
    folder.mkdir(parents=True, exist_ok=True)
    model.save_model(folder / "model.ubj")
    (folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
    # What XGBoost itself says, for the test.
    answers = [
        {"label": LABELS[row.argmax()], "score": round(float(row.max()), 6)} for row in found[:10]
    ]
    rows = [dict(zip(COLUMNS, row)) for row in held_out[:10].tolist()]
    expected = {"instances": rows, "predictions": answers}
    (folder.parent / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
